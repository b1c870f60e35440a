import type { Manifest } from '../../../adapter/adapter.ts';
import { type Finding, findingOf } from '../../../base/finding.ts';
import type { Workload } from '../../../model/inventory.ts';
import { selects } from '../../../model/scope.ts';
import { groupOf, type Snapshot } from '../../../native/snapshot.ts';
import { linkerdFindings } from '../findings.ts';

interface ServerSpec {
  /** Absent: it is for machines, which nobody probes. */
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly port: number | string;
}

interface RouteSpec {
  readonly parentRefs?: readonly { readonly kind?: string; readonly name: string }[];
}

/**
 * Probes that will be refused. A Server without routes lets the probes of its pods in by itself; as soon as a route is
 * attached it does not (meshes.md A.2.3 "Probes"), and pods that fail their probes get no traffic. Probes of a workload
 * are told with their place.
 */
export const refusedProbes = (
  objects: readonly Manifest[],
  workloads: readonly Workload[],
  snapshot: Snapshot,
): readonly Finding[] => {
  const routed = new Set(
    objects.flatMap(({ metadata, spec }) =>
      ((spec as RouteSpec | undefined)?.parentRefs ?? []).flatMap(parent =>
        parent.kind === 'Server' ? [`${metadata.namespace}/${parent.name}`] : [],
      ),
    ),
  );
  return objects.flatMap(({ kind, metadata, spec }) => {
    if (kind !== 'Server' || !routed.has(`${metadata.namespace}/${metadata.name}`)) return [];
    const { podSelector, port } = spec as unknown as ServerSpec;
    if (!podSelector) return [];
    const selected = workloads.filter(
      ({ namespace, labels, isMachine }) =>
        !isMachine && namespace === metadata.namespace && selects(podSelector.matchLabels, labels),
    );
    return selected.flatMap(workload => probesOn(workload, port, snapshot, metadata.name));
  });
};

const kinds = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;

const probesOn = (
  workload: Workload,
  port: number | string,
  snapshot: Snapshot,
  server: string,
): readonly Finding[] => {
  const { source } = workload;
  if (!source) return [];
  const { kind: ownKind, namespace, name } = source.object;
  const object = snapshot.find(groupOf(source.object), ownKind, namespace, name);
  if (!object) return [];
  const root = snapshot.field(object);
  const pod = root.find('spec', 'template', 'spec') ?? root.find('spec', 'jobTemplate', 'spec', 'template', 'spec');
  return (
    (pod ?? root.at('spec'))?.list('containers').flatMap(container => {
      const named = new Map(
        container.list('ports').map(one => [one.text('name') ?? '', one.number('containerPort')] as const),
      );
      return kinds.flatMap(kind => {
        const probe = container.at(kind);
        const asked = probe?.find('httpGet', 'port')?.value;
        const number = typeof asked === 'string' ? named.get(asked) : asked;
        if (!probe || number !== port) return [];
        const message = `the ${kind} of \`${workload.id}\` on port ${port} is refused: Server \`${server}\` has routes`;
        return [findingOf(linkerdFindings, 'LINKERD209', probe, message)];
      });
    }) ?? []
  );
};
