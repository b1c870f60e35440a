import type { WriteTarget } from '../../../adapter/adapter.ts';
import { SubsetServices } from '../../../adapter/subset-services.ts';
import type { Finding } from '../../../base/finding.ts';
import type { Frontend, Rule } from '../../../model/frontend.ts';
import type { Protocol, Service } from '../../../model/inventory.ts';
import { pathNormalizationOf } from '../../../model/mesh.ts';
import type { Model } from '../../../model/model.ts';
import { covers } from '../../../native/gateway-api/intersect.ts';
import type { NativeObject, Snapshot } from '../../../native/snapshot.ts';
import { type ControlPlane, readControlPlane } from '../control-plane.ts';
import { type PodSet, podSets } from './security/pod-sets.ts';

/** What the judge and the writer know of source and target. */
export interface Judging {
  readonly model: Model;
  readonly snapshot: Snapshot;
  readonly target: WriteTarget['mesh'];
  readonly plane: ControlPlane;
  readonly services: ReadonlyMap<string, Service>;
  /** The Services that subsets become. */
  readonly subsets: SubsetServices;
  /** The pods of the mesh, whatever is wanted of them. */
  readonly pods: readonly PodSet[];
  /** The ports of a service that carry a protocol, or all of them; empty if unknown. */
  readonly portsOf: (service: string, protocol?: Protocol) => readonly number[];
  /** The Service as its author wrote it, to add annotations to. */
  readonly serviceObject: (service: string) => NativeObject | undefined;
  /** Whether no request reaches a rule, because an earlier one takes all of its requests. */
  readonly isDead: (rule: Rule, frontend: Frontend) => boolean;
  /** Some proxy of the source changes paths before it looks at them. */
  readonly normalizes: boolean;
  readonly findings: Finding[];
}

const webProtocols: readonly Protocol[] = ['http', 'http2', 'grpc', 'https', 'detect'];

const carries = (table: Protocol, port: Protocol): boolean => {
  if (port === 'detect' || table === 'detect') return true;
  if (webProtocols.includes(table)) return webProtocols.includes(port);
  return table === 'tls' ? port === 'tls' || port === 'https' : !webProtocols.includes(port);
};

/** `from` is the model before it was put into the target mesh. */
export const judgingOf = (model: Model, from: Model, target: WriteTarget): Judging => {
  const services = new Map(model.inventory.services.map(service => [service.id, service]));
  const dead = new Map<Frontend, ReadonlySet<Rule>>();
  const deadRules = ({ rules }: Frontend): ReadonlySet<Rule> =>
    new Set(rules.filter((rule, at) => rules.slice(0, at).some(earlier => covers(earlier.match, rule.match))));
  return {
    model,
    snapshot: target.snapshot,
    target: target.mesh,
    plane: {
      ...readControlPlane(target.snapshot),
      namespace: target.mesh.namespace,
      trustDomain: target.mesh.trustDomain,
    },
    services,
    subsets: new SubsetServices(services),
    pods: podSets({ model, snapshot: target.snapshot, target: target.mesh }),
    portsOf: (id, protocol) =>
      (services.get(id)?.ports ?? [])
        .filter(port => protocol === undefined || carries(protocol, port.protocol))
        .map(({ port }) => port),
    serviceObject: id => {
      const service = services.get(id);
      return service && target.snapshot.find('', 'Service', service.namespace, service.name);
    },
    isDead: (rule, frontend) => {
      const known = dead.get(frontend) ?? deadRules(frontend);
      dead.set(frontend, known);
      return known.has(rule);
    },
    normalizes: from.meshes.some(mesh =>
      Object.values(mesh.dataPlanes).some(plane => pathNormalizationOf(plane, 'server') !== 'none'),
    ),
    findings: [],
  };
};
