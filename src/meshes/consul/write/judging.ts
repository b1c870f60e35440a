import { ownershipLabel, type WriteTarget } from '../../../adapter/adapter.ts';
import type { Finding } from '../../../base/finding.ts';
import { ServiceDirectory } from '../../../model/directory.ts';
import type { Backend, Frontend, Rule } from '../../../model/frontend.ts';
import type { Gateway, Protocol, Service } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import { selects } from '../../../model/scope.ts';
import { covers } from '../../../native/gateway-api/intersect.ts';
import { gatewayGroup } from '../../../native/gateway-api/kinds.ts';
import { metadataOf, type Snapshot } from '../../../native/snapshot.ts';
import { type ControlPlane, readControlPlane } from '../control-plane.ts';
import { isHttp } from '../entries/defaults.ts';
import { declaredProtocol } from '../protocols.ts';
import { ConsulServices, type Realm } from '../services.ts';
import { type Subsets, subsetsOf } from './subsets.ts';

/** What the judge and the writer know of source and target. */
export interface Judging {
  /** The wishes, put to proxies of the target. */
  readonly model: Model;
  readonly snapshot: Snapshot;
  readonly target: WriteTarget['mesh'];
  readonly plane: ControlPlane;
  readonly realm: Realm;
  readonly services: ReadonlyMap<string, Service>;
  readonly names: ConsulServices;
  readonly subsets: Subsets;
  /** What a service is to carry. */
  readonly protocolOf: (service: string) => Protocol;
  /** Whether no request reaches a rule, because an earlier one takes all of its requests. */
  readonly isDead: (rule: Rule, frontend: Frontend) => boolean;
  /** The name of a gateway, under which its proxies are known: its own, unless an object of the user's has it. */
  readonly gatewayName: (gateway: Pick<Gateway, 'namespace' | 'name'>) => string;
  readonly findings: Finding[];
}

export const judgingOf = (model: Model, target: WriteTarget): Judging => {
  const { inventory } = model;
  const services = new Map(inventory.services.map(service => [service.id, service]));
  const directory = new ServiceDirectory(inventory);
  const names = new ConsulServices(inventory, directory, target.mesh);
  const plane = {
    ...readControlPlane(target.snapshot),
    namespace: target.mesh.namespace,
    trustDomain: target.mesh.trustDomain,
  };
  const dead = new Map<Frontend, ReadonlySet<Rule>>();
  const deadRules = ({ rules }: Frontend): ReadonlySet<Rule> =>
    new Set(rules.filter((rule, at) => rules.slice(0, at).some(earlier => covers(earlier.match, rule.match))));
  const routed = routedServices(model);
  const gatewayNames = new Map<string, string>();
  return {
    model,
    snapshot: target.snapshot,
    target: target.mesh,
    plane,
    realm: { mesh: target.mesh, datacenter: plane.datacenter },
    services,
    names,
    subsets: subsetsOf(model, target.snapshot, names),
    protocolOf: id => protocolFor(services.get(id), routed.has(id)),
    isDead: (rule, frontend) => {
      const known = dead.get(frontend) ?? deadRules(frontend);
      dead.set(frontend, known);
      return known.has(rule);
    },
    gatewayName: gateway => {
      const key = `${gateway.namespace}/${gateway.name}`;
      const name = gatewayNames.get(key) ?? freeName(gateway, target.snapshot);
      gatewayNames.set(key, name);
      return name;
    },
    findings: [],
  };
};

/** A Gateway of that name which is not ours stays as it is. */
const freeName = ({ namespace, name }: Pick<Gateway, 'namespace' | 'name'>, snapshot: Snapshot): string => {
  const isTaken = (candidate: string): boolean => {
    const object = snapshot.find(gatewayGroup, 'Gateway', namespace, candidate);
    return object !== undefined && !selects(ownershipLabel, metadataOf(object).labels);
  };
  if (!isTaken(name)) return name;
  let free = `${name}-consul`;
  for (let n = 2; isTaken(free); n += 1) free = `${name}-consul-${n}`;
  return free;
};

/** As its ports declare; where they say nothing, what is wished for it tells. */
const protocolFor = (service: Service | undefined, isRouted: boolean): Protocol => {
  const declared = service ? declaredProtocol(service) : 'tcp';
  const saysNothing = (service?.ports ?? []).every(({ protocol }) => protocol === 'detect' || isHttp(protocol));
  return isRouted && saysNothing && !isHttp(declared) ? 'http' : declared;
};

/** The services that requests are routed for or sent to. */
const routedServices = ({ frontends }: Model): ReadonlySet<string> =>
  new Set(
    frontends
      .filter(({ protocol }) => protocol !== 'tcp' && protocol !== 'tls')
      .flatMap(({ listens, rules }) => [
        ...(listens.kind === 'service' ? [listens.service] : []),
        ...rules.flatMap(({ action: { target } }) =>
          target.kind === 'forward' ? target.backends.flatMap(({ backend }) => serviceIn(backend)) : [],
        ),
      ]),
  );

const serviceIn = (backend: Backend): readonly string[] => (backend.kind === 'service' ? [backend.service] : []);
