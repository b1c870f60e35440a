import type { Manifest } from '../../adapter/adapter.ts';
import { type Addition, annotated } from '../../adapter/annotated-objects.ts';
import { byAll, byKey, unique } from '../../base/order.ts';
import { isSame } from '../../base/same.ts';
import type { Service } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';
import type { Labels } from '../../model/scope.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { isHttp } from './entries/defaults.ts';
import { everyone } from './intentions/intention.ts';
import { declaredProtocol } from './protocols.ts';
import { planIntentions } from './write/access/plan.ts';
import { type ChainPlan, emptyPlan, entryManifest, type Spec, subsetSpec } from './write/chain-plan.ts';
import { clientOf } from './write/clients.ts';
import { planChain } from './write/emit-chain.ts';
import { externalManifests } from './write/external.ts';
import { emitGateways } from './write/gateway/emit-gateways.ts';
import { keepsInside } from './write/judge-egress.ts';
import type { Judging } from './write/judging.ts';
import { settingsSpec } from './write/settings.ts';
import { providerManifests } from './write/tokens.ts';
import { upstreamOverrides } from './write/upstreams.ts';

export interface Emitted {
  /** Config entries, and objects of the user's with additions. */
  readonly objects: readonly Manifest[];
  /** Gateways and what belongs to them. */
  readonly atEdge: readonly Manifest[];
  /** What was added to objects of the user's, which are written whole. */
  readonly additions: readonly Addition[];
}

/** The expected model as objects of Consul. Nothing is lost here. */
export const emit = (model: Model, judging: Judging): Emitted => {
  const plan = emptyPlan();
  planChain(model, judging, plan);
  const atEdge = emitGateways(model, judging, plan);
  const additions = annotationsFor(plan, judging);
  const entries = [
    ...meshEntry(model, judging),
    ...(plan.waitsLong ? [proxyDefaults(judging)] : []),
    ...serviceDefaults(model, plan, judging),
    ...resolvers(model, plan, judging),
    ...[...plan.splitters].map(([name, splits]) =>
      entryManifest('ServiceSplitter', name, home(plan, name), { splits }),
    ),
    ...externalManifests(model, judging),
    ...providerManifests(model, judging),
    ...intentions(model, judging),
    ...[...plan.routers].map(([name, routes]) => entryManifest('ServiceRouter', name, home(plan, name), { routes })),
  ];
  return { objects: [...additions.map(annotated), ...entries].sort(inOrder), atEdge, additions };
};

/** As they have to be applied: Consul refuses an entry whose service does not carry HTTP yet, or whose ends are unknown. */
const rank = [
  'Mesh',
  'ProxyDefaults',
  'ServiceDefaults',
  'ServiceResolver',
  'ServiceSplitter',
  'ServiceRouter',
  'TerminatingGateway',
  'JWTProvider',
  'ServiceIntentions',
];

const inOrder = byAll<Manifest>(
  (a, b) => rank.indexOf(a.kind) - rank.indexOf(b.kind),
  byKey(({ metadata }) => metadata.namespace ?? ''),
  byKey(({ kind }) => kind),
  byKey(({ metadata }) => metadata.name),
);

const home = ({ homes }: ChainPlan, name: string): string => homes.get(name) ?? 'default';

/**
 * A server's own proxy waits no longer than 15 s, whatever the client's does. Only the defaults of all proxies can lift
 * that: a zero for one service is dropped (observed, row 0.4).
 */
const proxyDefaults = ({ target }: Judging): Manifest =>
  entryManifest('ProxyDefaults', 'global', target.namespace, { config: { local_request_timeout_ms: 0 } });

/** Whether clients are kept to hosts that are known. */
const meshEntry = (model: Model, { target }: Judging): readonly Manifest[] =>
  keepsInside(model)
    ? [entryManifest('Mesh', 'mesh', target.namespace, { transparentProxy: { meshDestinationsOnly: true } })]
    : [];

/** The protocol of services that carry HTTP, and of names that only splits lead to; what each client sets for its upstreams. */
const serviceDefaults = (model: Model, plan: ChainPlan, judging: Judging): readonly Manifest[] => {
  const { inventory } = model;
  const overridesOf = upstreamOverrides(model, judging);
  const ofServices = inventory.services.flatMap(service => {
    const name = judging.names.nameOf(service);
    const overrides = withSplits(overridesOf.get(name) ?? [], plan);
    if (service.external || !(overrides.length > 0 || isSaid(service, judging))) return [];
    const upstreams = overrides.length > 0 ? { upstreamConfig: { overrides } } : {};
    const spec = { protocol: judging.protocolOf(service.id), ...upstreams };
    return [entryManifest('ServiceDefaults', name, service.namespace, spec)];
  });
  const inner = [...plan.inner].map(name =>
    entryManifest('ServiceDefaults', name, home(plan, name), { protocol: 'http' }),
  );
  const byName = new Map([...ofServices, ...inner].map(manifest => [manifest.metadata.name, manifest]));
  return [...byName.values()];
};

/**
 * What is said of a service is said of every name that splits among its endpoints too: where the two differ, chance decides
 * (observed, 1.21.0; `tellContested`). Names with a splitter have addresses, so that they count among what a client may call.
 */
const withSplits = (overrides: readonly Spec[], { inner, splitters }: ChainPlan): readonly Spec[] => {
  const known = new Map(overrides.map(({ name, ...said }) => [name, said]));
  const ofSplits = [...inner].flatMap(name => {
    const ends = unique((splitters.get(name) ?? []).map(({ service }) => service ?? name));
    const [first = {}, ...more] = ends.map(end => known.get(end) ?? {});
    const isOne = Object.keys(first).length > 0 && more.every(other => isSame(first, other));
    return isOne ? [{ name, ...first }] : [];
  });
  return [...overrides, ...ofSplits].sort(byKey(({ name }) => String(name)));
};

/** Bytes are what is carried when nobody says anything; ports that declare something else have to be told otherwise. */
const isSaid = (service: Service, { protocolOf }: Judging): boolean =>
  isHttp(protocolOf(service.id)) ||
  service.ports.some(({ protocol }) => isHttp(protocol)) ||
  isHttp(declaredProtocol(service));

const resolvers = (model: Model, plan: ChainPlan, judging: Judging): readonly Manifest[] => {
  const { names } = judging;
  const specs = new Map<string, Readonly<Record<string, unknown>>>();
  for (const [name, subsets] of plan.subsets) specs.set(name, { subsets: subsetSpec(subsets) });
  for (const settings of model.destinations) {
    const spec = settingsSpec(settings, names);
    const { service } = settings.target;
    if (clientOf(settings, judging) !== 'all') continue;
    if (service === undefined || Object.keys(spec).length === 0) continue;
    const name = names.nameOf({ id: service });
    specs.set(name, { ...specs.get(name), ...spec });
    plan.homes.set(name, service.split('/')[0] ?? 'default');
  }
  return [...specs].map(([name, spec]) => entryManifest('ServiceResolver', name, home(plan, name), spec));
};

/** Who may call each service that a policy is about. */
const intentions = (model: Model, judging: Judging): readonly Manifest[] =>
  [...planIntentions(model, judging)].flatMap(([name, sources]) => {
    if (name === everyone) {
      const spec = { destination: { name }, sources };
      return [entryManifest('ServiceIntentions', 'every-service', judging.target.namespace, spec)];
    }
    const [service] = judging.names.named(name);
    return service
      ? [entryManifest('ServiceIntentions', name, service.namespace, { destination: { name }, sources })]
      : [];
  });

/** Metadata that the subsets ask for, on the pods that are to have it. */
const annotationsFor = (plan: ChainPlan, { names, subsets }: Judging): readonly Addition[] => {
  const added = new Map<NativeObject, Labels>();
  for (const [name, ofName] of plan.subsets) {
    const [service] = names.named(name);
    if (!service) continue;
    for (const labels of ofName.values()) {
      for (const [object, annotations] of subsets.annotations(service.id, labels)) {
        added.set(object, { ...added.get(object), ...annotations });
      }
    }
  }
  return [...added].map(([object, annotations]) => ({
    object,
    on: object.ref.kind === 'Pod' ? 'object' : 'podTemplate',
    annotations,
  }));
};
