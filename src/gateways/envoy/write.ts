import type { Manifest, WriteResult, WriteTarget } from '../../adapter/adapter.ts';
import { dataPlaneLosses } from '../../adapter/data-plane-losses.ts';
import { type Disposition, refused } from '../../adapter/disposition.ts';
import { fitModel } from '../../adapter/fit-model.ts';
import { withFreeNames } from '../../adapter/free-names.ts';
import { joinedLosses } from '../../adapter/joined.ts';
import { retarget } from '../../adapter/retarget.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { proxyDefault } from '../../base/source.ts';
import type { EgressDefault } from '../../model/capabilities/visibility.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Model } from '../../model/model.ts';
import type { ClientScope } from '../../model/scope.ts';
import { bootstrapKey, emit, processesOf } from './emit.ts';
import { adapterFindings } from './findings.ts';
import { judgeFor } from './judge.ts';
import { carriesHttp, judgingOf } from './judging.ts';
import { envoyMesh, unknownHostStatus } from './mesh.ts';

/** Judges every leaf, then writes what is left; see docs/decisions/0002-writers-judge-and-emit.md. */
export const write = (model: Model, target: WriteTarget): WriteResult => {
  const moved = retarget(model, target.mesh);
  const judging = judgingOf(moved);
  const { expected: fitted, dispositions } = fitModel(moved, judgeFor(judging));
  const expected = withWhatIsNotCarried(fitted);
  const wanted = judging.subsets.manifests(expected);
  const services = withFreeNames(wanted, target.snapshot);
  const processes = processesOf(expected, judging, target.mesh.namespace, namesOf(wanted, services));
  const objects = [...services, ...withFreeNames(emit(processes), target.snapshot)];
  return {
    objects,
    dispositions: [
      ...dispositions,
      ...dataPlaneLosses(model, target.mesh),
      ...joinedLosses(model),
      ...hostLosses(model),
    ],
    expected,
    findings: [...unservedPorts(expected), ...tooLarge(objects)],
  };
};

/** The names under which Services are written, by those that they were to have. */
const namesOf = (wanted: readonly Manifest[], written: readonly Manifest[]): ReadonlyMap<string, string> =>
  new Map(
    wanted.map(({ metadata }, index) => [
      `${metadata.namespace}/${metadata.name}`,
      written[index]?.metadata.name ?? metadata.name,
    ]),
  );

/**
 * The model with what the proxy does by itself: it answers for hosts that it does not know, and closes connections that
 * carry no HTTP.
 */
const withWhatIsNotCarried = (model: Model): Model => {
  if (model.meshes.length === 0) return model;
  const unknown = (id: string, mode: 'allow' | 'deny', clients: ClientScope): EgressDefault => ({
    id,
    clients: { mesh: envoyMesh, ...clients },
    mode: proxyDefault(mode),
    deniedStatus: unknownHostStatus,
  });
  // A gateway looks at its own tables alone, and what clients may reach is nothing to it.
  const gateways = model.inventory.gateways.map(({ id }) => unknown(`envoy ${id}`, 'allow', { gateway: id }));
  const closed = model.inventory.services.map(
    ({ id }): Frontend => ({
      id: `envoy closes ${id}`,
      listens: { kind: 'service', service: id },
      protocol: 'tcp',
      clients: { mesh: envoyMesh },
      rules: [],
      noMatch: { kind: 'respond', status: unknownHostStatus },
    }),
  );
  return {
    ...model,
    egress: [...model.egress, ...gateways, unknown('envoy', 'deny', {})],
    frontends: [...model.frontends, ...closed],
  };
};

/** What no leaf of the model says, and what is different all the same. */
const hostLosses = ({ meshes }: Model): readonly Disposition[] =>
  meshes.flatMap(({ id, source }) =>
    (
      [
        [
          'egress-default',
          'unknownHosts',
          'hosts that no service has, and names without a namespace, are answered with 404',
        ],
        ['tcp-route', 'bytes', 'connections that carry no HTTP are closed: they have no Host that says where they go'],
      ] as const
    ).map(([capability, name, message]) => ({
      capability,
      subject: id,
      leaf: `data plane.${name}`,
      result: 'refused',
      loss: refused(`envoy-${name.toLowerCase()}`, message).loss,
      ...(source ? { source } : {}),
    })),
  );

const unservedPorts = ({ inventory, meshes }: Model): readonly Finding[] =>
  meshes.length === 0
    ? []
    : inventory.services.flatMap(({ id, ports, source }) => {
        const left = ports.filter(port => !carriesHttp(port)).map(({ port }) => port);
        if (left.length === 0) return [];
        const message = `\`${id}\` on ${left.length === 1 ? 'port' : 'ports'} ${left.join(', ')} carries no HTTP`;
        return [findingOf(adapterFindings, 'ENVOY201', source, message)];
      });

/** What the API server takes (a ConfigMap holds at most 1 MiB). */
const mostBytes = 1_048_576;

const tooLarge = (objects: readonly Manifest[]): readonly Finding[] =>
  objects.flatMap(({ apiVersion, kind, metadata, data }) => {
    const text = (data as Readonly<Record<string, string>> | undefined)?.[bootstrapKey] ?? '';
    const ref = { apiVersion, kind, ...metadata };
    return text.length <= mostBytes
      ? []
      : [findingOf(adapterFindings, 'ENVOY202', ref, `the bootstrap has ${text.length} characters`)];
  });
