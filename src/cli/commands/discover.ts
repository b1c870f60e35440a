import { groupBy } from '../../base/order.ts';
import { policiesOf } from '../../engine/policies.ts';
import type { Read } from '../../engine/read.ts';
import { readSnapshot } from '../../engine/read.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { printDocument, printedFinding, printedSource, withPrintedSources } from '../print.ts';
import type { SourceOptions } from '../program.ts';
import { type Loaded, load } from '../source.ts';
import { discoveryText } from '../text/discovery.ts';

/** `supergloo discover`: what is there. */
export const discover = async (options: SourceOptions): Promise<ExitCode> => {
  const loaded = await load(options.filename);
  const read = await readSnapshot(loaded.snapshot);
  if (options.output === 'text') process.stdout.write(await discoveryText(read, loaded));
  else printDocument('Discovery', await discoveryFields(read, loaded), options.output);
  if (loaded.snapshot.objects.length === 0) return exitCodes.failed;
  const unreadable = [...loaded.findings, ...read.findings].some(({ severity }) => severity === 'error');
  return unreadable ? exitCodes.differs : exitCodes.done;
};

const discoveryFields = async (read: Read, loaded: Loaded): Promise<Record<string, unknown>> => {
  const { inventory, meshes } = read.model;
  const { locate } = loaded;
  const subsets = subsetsOf(read);
  return {
    clusters: inventory.clusters,
    meshes: await Promise.all(
      meshes.map(async mesh => ({
        id: mesh.id,
        type: mesh.type,
        ...(mesh.version ? { version: mesh.version } : {}),
        mode: modeOf(read, mesh.id),
        cluster: inventory.clusters[0]?.id ?? '',
        namespace: mesh.namespace,
        trustDomain: mesh.trustDomain,
        evidence: await withPrintedSources(mesh.evidence, locate),
      })),
    ),
    workloads: await Promise.all(
      inventory.workloads.map(async workload => {
        const [membership] = workload.memberships;
        return {
          cluster: inventory.clusters[0]?.id ?? '',
          namespace: workload.namespace,
          kind: workload.kind,
          name: workload.name,
          serviceAccount: workload.serviceAccount,
          ...(membership ? { mesh: membership.mesh } : {}),
          mode: membership?.mode ?? 'none',
          ...(membership ? { certainty: membership.certainty } : {}),
          evidence: await withPrintedSources(membership?.evidence ?? [], locate),
        };
      }),
    ),
    services: inventory.services.map(service => ({
      id: service.id,
      cluster: inventory.clusters[0]?.id ?? '',
      namespace: service.namespace,
      name: service.name,
      hosts: service.hosts,
      ports: service.ports,
      subsets: subsets.get(service.id) ?? [],
      evidence: service.evidence,
    })),
    policies: await withPrintedSources(policiesOf(read.model), locate),
    unread: await Promise.all(
      read.unread.map(async ({ source, reason }) => {
        const printed = await printedSource(source, locate);
        return { object: printed.object, path: source.path, reason, source: printed };
      }),
    ),
    accounting: { files: loaded.files, ...read.accounting },
    findings: await Promise.all([...loaded.findings, ...read.findings].map(finding => printedFinding(finding, locate))),
  };
};

/** The mode most workloads are in. */
export const modeOf = (read: Read, mesh: string): string => {
  const modes = read.model.inventory.workloads.flatMap(w =>
    w.memberships.filter(m => m.mesh === mesh).map(m => m.mode),
  );
  const counted = [...groupBy(modes, mode => mode)].sort(([, a], [, b]) => b.length - a.length);
  return counted[0]?.[0] ?? Object.keys(read.model.meshes.find(({ id }) => id === mesh)?.dataPlanes ?? {})[0] ?? 'none';
};

/** Subset names by service, as routes use them. */
export const subsetsOf = (read: Read): ReadonlyMap<string, readonly string[]> => {
  const subsets = new Map<string, Set<string>>();
  const note = (service: string | undefined, name: string | undefined): void => {
    if (!service || !name) return;
    const names = subsets.get(service) ?? new Set();
    names.add(name);
    subsets.set(service, names);
  };
  for (const { rules } of read.model.frontends) {
    for (const { action } of rules) {
      const shares = action.target.kind === 'forward' ? action.target.backends : [];
      for (const { backend } of [...shares, ...(action.mirrors ?? [])])
        if (backend.kind === 'service') note(backend.service, backend.subset?.name);
    }
  }
  for (const { target } of read.model.destinations) note(target.service, target.subset?.name);
  return new Map([...subsets].map(([service, names]) => [service, [...names].sort()]));
};
