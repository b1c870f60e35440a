/** Random wishes, written by the writer of the mesh: what no hand thinks of. */
import fc, { type Arbitrary } from 'fast-check';
import type { Adapter, Manifest } from '../../src/adapter/adapter.ts';
import { loadAdapters } from '../../src/engine/read.ts';
import type { Action, Frontend, Rule } from '../../src/model/frontend.ts';
import type { Listener } from '../../src/model/inventory.ts';
import type { Match } from '../../src/model/match.ts';
import type { Model } from '../../src/model/model.ts';
import { Snapshot } from '../../src/native/snapshot.ts';
import { requestAction } from '../../test/support/arbitrary/action.ts';
import { requestMatch } from '../../test/support/arbitrary/match.ts';
import { access, encryption } from '../../test/support/arbitrary/security.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import { native } from '../kubernetes/native-object.ts';
import type { Configuration, Slot } from './configuration.ts';

/** What the world of the generators is called in a bed. */
export interface Home {
  readonly adapter: string;
  /** The service with two versions that a configuration for a slot sends to, and another one. */
  readonly versioned: (slot: Slot) => string;
  readonly other: string;
  /** The namespaces and names of two callers. */
  readonly callers: readonly [readonly [namespace: string, name: string], readonly [namespace: string, name: string]];
  /** What exists beside; what is written for it again is left out. */
  readonly standing: readonly KubernetesObject[];
  /** Kinds that act on everything at once are not written. */
  readonly keeps: (object: KubernetesObject) => boolean;
  /** The gateway whose listeners are slots, and the port of each; absent: none is written for. */
  readonly gateway?: { readonly id: string; readonly portOf: (slot: Slot) => number };
  /** What is written in the form in which the mesh takes it; absent: as it is. */
  readonly asTaken?: (objects: readonly Manifest[]) => readonly KubernetesObject[];
}

export interface Sampling {
  readonly count: number;
  readonly seed: number;
}

const renamed = <T>(value: T, slot: Slot, { versioned, other, callers: [[near, client], [far, stranger]] }: Home): T =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"shop/reviews"', `"${versioned(slot)}"`)
      .replaceAll('"shop/ratings"', `"${other}"`)
      .replaceAll('"reviews"', `"${slot.name}"`)
      .replaceAll('"reviews.shop"', `"${slot.name}.shop"`)
      .replaceAll('"namespace":"shop","name":"web"', `"namespace":"${near}","name":"${client}"`)
      .replaceAll('"namespace":"outside","name":"crawler"', `"namespace":"${far}","name":"${stranger}"`)
      .replaceAll('{"app":"web"}', `{"app":"${client}"}`)
      .replaceAll('{"app":"crawler"}', `{"app":"${stranger}"}`)
      .replaceAll('"outside"', `"${far}"`)
      .replaceAll('"port":9080', '"port":80')
      .replaceAll('"port":9090', '"port":81'),
  );

/** All that is needed to write for a bed. */
interface Desk {
  readonly adapter: Adapter;
  readonly base: Model;
  readonly home: Home;
  readonly snapshot: Snapshot;
}

const given = ({ adapter, base }: Desk) => ({ mesh: base.meshes[0]?.id ?? '', ...adapter.regex });

const keyOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

const written = ({ adapter, home, snapshot }: Desk, model: Model): readonly KubernetesObject[] => {
  const there = new Set(home.standing.map(keyOf));
  const { objects } = adapter.write(model, { mesh: model.meshes[0] ?? adapter.assume(), snapshot });
  return (home.asTaken?.(objects) ?? objects)
    .map((object): KubernetesObject => ({ ...object, metadata: { namespace: 'shop', ...object.metadata } }))
    .filter(object => home.keeps(object) && !there.has(keyOf(object)));
};

/** A model in which nobody has wished for anything. */
const bare = ({ base }: Desk): Model => ({ ...base, frontends: [], destinations: [], access: [] });

interface Entry {
  readonly matches: readonly Match[];
  readonly action: Omit<Action, 'id'>;
}

const rulesOf = (entries: readonly Entry[]): readonly Rule[] =>
  entries.flatMap(({ matches, action }, index) =>
    matches.map((match, n) => ({ id: `rule${index}.${n}`, match, action: { id: `action${index}`, ...action } })),
  );

/** Tokens are not issued in a bed. */
const withoutTokens = ({ claims: _, ...match }: Match): Match => match;

/** `dialled`: for a service that callers name; else for what comes in by a gateway. */
const tables = (desk: Desk, dialled = true): Arbitrary<readonly Entry[]> =>
  fc.array(
    fc.record({
      matches: fc.array(requestMatch(given(desk)).map(withoutTokens), { minLength: 1, maxLength: 2 }),
      action: requestAction(dialled),
    }),
    { minLength: 1, maxLength: 4 },
  );

const routes = (desk: Desk, entries: readonly Entry[], slot: Slot): readonly KubernetesObject[] => {
  const table: Frontend = {
    id: 'table',
    listens: { kind: 'service', service: `shop/${slot.name}` },
    protocol: 'http',
    clients: { mesh: given(desk).mesh },
    rules: renamed(rulesOf(entries), slot, desk.home),
    noMatch: { kind: 'respond', status: 404 },
  };
  return written(desk, { ...bare(desk), frontends: [table] });
};

/** The same behind a listener, for some hosts or for all. */
const gateRoutes = (
  desk: Desk,
  { id: gateway, portOf }: NonNullable<Home['gateway']>,
  { entries, hosts }: { readonly entries: readonly Entry[]; readonly hosts: readonly string[] },
  slot: Slot,
): readonly KubernetesObject[] => {
  const table: Frontend = {
    id: 'table',
    listens: { kind: 'listener', gateway, listener: slot.name, hosts },
    protocol: 'http',
    clients: { mesh: given(desk).mesh, gateway },
    rules: renamed(rulesOf(entries), slot, desk.home),
    noMatch: { kind: 'respond', status: 404 },
  };
  const listener: Listener = { name: slot.name, port: portOf(slot), protocol: 'http', hosts: [] };
  const { inventory, ...model } = bare(desk);
  const gateways = inventory.gateways.map(one => (one.id === gateway ? { ...one, listeners: [listener] } : one));
  return written(desk, { ...model, inventory: { ...inventory, gateways }, frontends: [table] });
};

type Protection = Pick<Model, 'access' | 'encryption'>;

const canBeTried = ({ rules }: Protection['access'][number]): boolean =>
  rules.every(({ effect, clauses }) => effect !== 'ask' && !JSON.stringify(clauses).includes('token.claim'));

const protections = (desk: Desk): Arbitrary<Protection> =>
  fc
    .record({ access: access(given(desk)), encryption: encryption(given(desk)) })
    .map((all): Protection => ({ access: all.access.filter(canBeTried), encryption: all.encryption.slice(0, 1) }));

const protect = (desk: Desk, wishes: Protection, slot: Slot): readonly KubernetesObject[] => {
  const scope = { mesh: given(desk).mesh, namespaces: ['shop'], labels: { app: slot.name } };
  const { access: policies, encryption: modes } = renamed(wishes, slot, desk.home);
  return written(desk, {
    ...bare(desk),
    access: policies.map((policy, index) => ({ ...policy, id: `${slot.name}-${index}`, scope })),
    encryption: [...modes.map(one => ({ ...one, id: slot.name, scope })), ...desk.base.encryption],
  });
};

/** So many tables behind listeners of the home's gateway. */
export const randomGates = async (
  base: Model,
  home: Home,
  { count, seed }: Sampling,
): Promise<readonly Configuration<KubernetesObject>[]> => {
  const [adapter] = (await loadAdapters([home.adapter])) as [Adapter];
  const desk: Desk = { adapter, base, home, snapshot: new Snapshot(home.standing.map(native), 'partial') };
  const { gateway } = home;
  if (gateway === undefined) return [];
  const hosts = fc.constantFrom<readonly string[]>([], [], ['a.example'], ['a.example', 'b.example']);
  return fc
    .sample(fc.record({ entries: tables(desk, false), hosts }), { numRuns: count, seed })
    .map((table, index) => ({
      id: `random routes of gateways: ${seed}.${index}`,
      family: 'random routes of gateways',
      kind: 'gate',
      objects: (slot: Slot) => gateRoutes(desk, gateway, table, slot),
    }));
};

/** So many configurations, three tables to one protection; the same for the same seed. */
export const randomFamilies = async (
  base: Model,
  home: Home,
  { count, seed }: Sampling,
): Promise<readonly Configuration<KubernetesObject>[]> => {
  const [adapter] = (await loadAdapters([home.adapter])) as [Adapter];
  const desk: Desk = { adapter, base, home, snapshot: new Snapshot(home.standing.map(native), 'partial') };
  const ofTables = fc.sample(tables(desk), { numRuns: Math.ceil(count * 0.75), seed });
  const ofProtections = fc.sample(protections(desk), { numRuns: Math.floor(count * 0.25), seed });
  const named = (family: string, kind: Slot['kind'], index: number) => ({
    id: `${family}: ${seed}.${index}`,
    family,
    kind,
  });
  return [
    ...ofTables.map((entries, index) => ({
      ...named('random routes', 'site', index),
      objects: (slot: Slot) => routes(desk, entries, slot),
    })),
    ...ofProtections.map((wishes, index) => ({
      ...named('random protection', 'guard', index),
      objects: (slot: Slot) => protect(desk, wishes, slot),
    })),
  ];
};
