import { isSame } from '../base/same.ts';
import { proxyDefault, type Source } from '../base/source.ts';
import type { AccessPolicy } from '../model/capabilities/access.ts';
import type { RequestAuthentication } from '../model/capabilities/request-authentication.ts';
import type { CapabilityId } from '../model/capability.ts';
import type { Frontend } from '../model/frontend.ts';
import type { Gateway, Inventory, Service } from '../model/inventory.ts';
import type { Mesh } from '../model/mesh.ts';
import type { Model, Opaque } from '../model/model.ts';
import { capabilityOf } from './capability-of.ts';
import { type Disposition, refused, type Verdict } from './disposition.ts';
import { fitDestination } from './fit/destinations.ts';
import { fitFrontend } from './fit/frontends.ts';
import { type Draft, fieldParts, isByDefault, Ledger, part } from './fit/ledger.ts';
import type { Judge } from './judge.ts';

export interface Fitted {
  /** The model with every verdict carried out: what the target will do. */
  readonly expected: Model;
  /** Exactly one per leaf. */
  readonly dispositions: readonly Disposition[];
}

/**
 * Walks every intent leaf of the model once, asks the judge, and carries the verdicts out. So a leaf cannot be
 * forgotten by a writer, nor change without a disposition that says so: the ledger is the walk.
 */
export const fitModel = (model: Model, judge: Judge): Fitted => {
  const ledger = new Ledger();
  /** Items that are one leaf each. */
  const each = <T extends { readonly source?: Source }>(
    items: readonly T[],
    capability: CapabilityId,
    leaf: string,
    subject: (item: T) => string,
    ask: (item: T) => Verdict<T>,
  ): T[] =>
    items.flatMap(item => {
      const left: T[] = [];
      const put = (kept: T[], value: T): unknown => kept.push(value);
      ledger.settle(subject(item), left, [part({ capability, leaf, value: item, source: item.source, ask, put })]);
      return left;
    });
  const id = (item: { readonly id: string }): string => item.id;
  const { inventory } = model;
  const outside = inventory.services.filter(service => service.external && service.evidence === 'object');
  const kept = new Map(each(outside, 'egress-hosts', 'service', id, judge.externalService).map(s => [s.id, s]));
  const joined = inventory.services.filter(({ joinedWith }) => joinedWith !== undefined);
  each(joined, 'encryption-mode', 'joined', id, notJoined);
  const machines = inventory.workloads.filter(({ isMachine }) => isMachine);
  const enrolled = new Map(each(machines, 'machine', 'machine', id, judge.machine).map(one => [one.id, one]));
  const expected: Model = {
    ...model,
    inventory: {
      ...inventory,
      services: inventory.services
        .flatMap(s => (s.external && s.evidence === 'object' ? (kept.get(s.id) ?? []) : s))
        .map(forItself),
      workloads: inventory.workloads.flatMap(one => (one.isMachine ? (enrolled.get(one.id) ?? []) : one)),
      gateways: inventory.gateways.flatMap(gateway => fitGateway(gateway, judge, ledger)),
    },
    meshes: model.meshes.map(mesh => fitMesh(mesh, judge, ledger)),
    frontends: model.frontends.flatMap(frontend =>
      fitFrontend(
        frontend,
        isOfWaypoint(frontend, inventory) ? { ...judge, frontend: atWaypointsAlone } : judge,
        ledger,
      ),
    ),
    destinations: model.destinations.flatMap(settings => fitDestination(settings, judge, ledger)),
    encryption: each(model.encryption, 'encryption-mode', 'mode', id, item => judge.encryption(item, model)),
    access: model.access.flatMap(policy => fitAccess(policy, model, judge, ledger)),
    requestAuthentication: model.requestAuthentication.flatMap(item => fitTokens(item, judge, ledger)),
    rateLimits: each(model.rateLimits, 'rate-limit', 'limit', id, item => judge.rateLimit(item, model)),
    visibility: each(model.visibility, 'visibility', 'exposes', id, judge.visibility),
    exposures: each(model.exposures, 'visibility', 'exposure', item => item.service, judge.exposure),
    egress: each(model.egress, 'egress-default', 'mode', id, item => judge.egress(item, model)),
    telemetry: each(model.telemetry, 'telemetry', 'settings', id, judge.telemetry),
    opaque: each(model.opaque, 'not-understood', 'whole', id, notCarried),
  };
  return { expected, dispositions: ledger.dispositions };
};

/**
 * What nobody understands cannot be judged, and is never carried over. It may well keep somebody out, so that it takes
 * the user's word to do without it; no adapter is asked.
 */
const notCarried = ({ id, what }: Opaque): Verdict<Opaque> =>
  refused('not-understood', `${what}; nothing of \`${id}\` is carried over, and it may keep somebody out`, {
    severity: 'security',
    workaround: 'read it by hand, write its like for the target, then accept this loss',
  });

/** That meshes are joined is set up at both ends, and no adapter is asked: what runs in another mesh is outside of this one. */
const notJoined = ({ id }: Service): Verdict<Service> =>
  refused(
    'encryption-joined',
    `\`${id}\` runs in a joined mesh: nothing protects the way there, if any name leads there`,
    {
      severity: 'security',
      workaround: 'join the meshes by hand, at both ends, or write a way there that is encrypted',
    },
  );

const forItself = (service: Service): Service => {
  if (service.joinedWith === undefined) return service;
  const { joinedWith: _, ...rest } = service;
  return rest;
};

/** Whether a table for a service is there for its waypoint alone. */
const isOfWaypoint = ({ listens, clients }: Frontend, { gateways }: Inventory): boolean =>
  listens.kind !== 'listener' && gateways.some(({ id, purpose }) => id === clients.gateway && purpose === 'waypoint');

/** No object is for a waypoint and not for others: what it makes of several comes of itself, or not at all. */
const atWaypointsAlone = ({ id }: Frontend): Verdict<Frontend> =>
  refused('waypoint-table', `\`${id}\` is what a waypoint makes of objects that others read in another way`, {
    workaround: 'leave one object with routes for the service, without the labels of callers',
  });

/** What a mesh that says nothing of a default does: nothing. It is a difference to one that does something. */
const nothing = {
  retries: { max: proxyDefault(0), on: proxyDefault([]) },
  timeouts: {},
  connectionLimits: {},
  outlierDetection: {},
} as const satisfies Partial<Mesh['defaults']>;

/** Where source and target do the same without being told, nothing has to be said. */
const fitMesh = (mesh: Mesh, judge: Judge, ledger: Ledger): Mesh => {
  const draft: Draft<Mesh> = { ...mesh, defaults: judge.defaults };
  const targets: Readonly<Record<string, unknown>> = { ...nothing, ...judge.defaults };
  ledger.settle(
    mesh.id,
    draft,
    fieldParts<Draft<Mesh>, Mesh['defaults']>(
      { ...nothing, ...mesh.defaults },
      {
        leaf: 'default',
        capability: capabilityOf.meshDefault,
        // Who gets in where no policy says is of concern to everyone, written or not.
        isByDefault: (field, setting) => field !== 'access' && isByDefault(setting),
        ask: field =>
          isSame(field.value, targets[field.field], placeWords)
            ? 'applied'
            : judge.meshDefault(field as Parameters<Judge['meshDefault']>[0], mesh),
        put: (d, field, value) => {
          d.defaults = { ...d.defaults, [field]: value };
        },
      },
    ),
  );
  return draft;
};

/** What says where a value comes from. */
const placeWords: ReadonlySet<string> = new Set(['source', 'origin']);

/** Waypoints are put in place by an installation, not by configuration that is converted. */
const fitGateway = (gateway: Gateway, judge: Judge, ledger: Ledger): readonly Gateway[] => {
  if (gateway.purpose === 'waypoint') return [gateway];
  const draft: Draft<Gateway> = { ...gateway, listeners: [] };
  const gone = ledger.settle(gateway.id, draft, [
    part({
      capability: 'gateway',
      leaf: 'gateway',
      value: gateway,
      source: gateway.source,
      essential: true,
      ask: judge.gateway,
      put: (d, kept) => Object.assign(d, kept, { listeners: [] }),
    }),
    ...gateway.listeners.map((listener, index) =>
      part<Draft<Gateway>, typeof listener>({
        capability: 'gateway',
        leaf: `listeners[${index}] ${listener.name}`,
        value: listener,
        source: listener.source ?? gateway.source,
        ask: v => judge.listener(v, gateway),
        put: (d, v) => {
          d.listeners = [...d.listeners, v];
        },
      }),
    ),
  ]);
  return gone ? [] : [draft];
};

const fitAccess = (policy: AccessPolicy, model: Model, judge: Judge, ledger: Ledger): readonly AccessPolicy[] => {
  const draft: Draft<AccessPolicy> = { ...policy, rules: [] };
  const gone = ledger.settle(policy.id, draft, [
    part({
      capability: 'access-identity',
      leaf: 'scope',
      value: policy,
      source: policy.source,
      essential: true,
      ask: v => judge.accessPolicy(v, model),
      put: (d, kept) => Object.assign(d, kept, { rules: [] }),
    }),
    ...policy.rules.map(rule =>
      part<Draft<AccessPolicy>, typeof rule>({
        capability: capabilityOf.accessRule(rule),
        leaf: rule.id,
        value: rule,
        source: rule.source ?? policy.source,
        ask: v => judge.accessRule(v, policy, model),
        put: (d, v) => {
          d.rules = [...d.rules, v];
        },
      }),
    ),
  ]);
  return gone ? [] : [draft];
};

const fitTokens = (item: RequestAuthentication, judge: Judge, ledger: Ledger): readonly RequestAuthentication[] => {
  const draft: Draft<RequestAuthentication> = { ...item, issuers: [] };
  ledger.settle(
    item.id,
    draft,
    item.issuers.map((issuer, index) =>
      part<Draft<RequestAuthentication>, typeof issuer>({
        capability: 'access-token',
        leaf: `issuers[${index}]`,
        value: issuer,
        source: issuer.source ?? item.source,
        ask: v => judge.tokenIssuer(v, item),
        put: (d, v) => {
          d.issuers = [...d.issuers, v];
        },
      }),
    ),
  );
  return draft.issuers.length === 0 ? [] : [draft];
};
