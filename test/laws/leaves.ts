import type { Mesh } from '../../src/model/mesh.ts';
import type { Model } from '../../src/model/model.ts';

/** Where a disposition belongs: the subject and the place inside it. */
export interface Leaf {
  readonly subject: string;
  readonly leaf: string;
}

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Every leaf of what a model wishes for of a target, found by looking at all keys that are there. It knows nothing of
 * the walk that writers use: a part of the model that is new and that the walk forgets is found here.
 */
export const leavesOf = (whole: Model, target: Mesh): readonly Leaf[] => {
  const model = { ...whole, frontends: whole.frontends.filter(table => !isForJoined(table, whole)) };
  return Object.entries(model).flatMap(([key, value]) => {
    const find = finders[key as keyof Model];
    return find ? (value as readonly never[]).flatMap(item => find(item, target)) : inventoryLeaves(model);
  });
};

/** What callers of a joined mesh meet where they come in is part of that they do. */
const isForJoined = ({ clients }: Model['frontends'][number], { meshes }: Model): boolean =>
  meshes.some(({ joined = [] }) => joined.some(({ gateway }) => gateway === clients.gateway));

const keysBeside = (item: object, ...known: readonly string[]): readonly [string, unknown][] =>
  Object.entries(item).filter(([key, value]) => value !== undefined && key !== 'source' && !known.includes(key));

const named = (item: { readonly id: string }, ...leaves: readonly string[]): readonly Leaf[] =>
  leaves.map(leaf => ({ subject: item.id, leaf }));

type Finders = {
  readonly [K in Exclude<keyof Model, 'inventory'>]: (item: Model[K][number], target: Mesh) => readonly Leaf[];
};

const finders: Finders & { readonly inventory?: undefined } = {
  meshes: (mesh, target) => [
    ...named(target, ...meshDefaults.map(field => `default.${field}`)),
    ...named(mesh, ...(mesh.joined ?? []).map(({ name }) => `joined ${name}`)),
  ],
  frontends: frontend => named(frontend, 'listens', ...tableLeaves(frontend), 'order', 'noMatch'),
  destinations: settings =>
    named(settings, 'target', ...keysBeside(settings, 'id', 'clients', 'target').flatMap(settingLeaves)),
  encryption: item => named(item, 'mode'),
  access: policy => named(policy, 'scope', ...policy.rules.map(({ id }) => id)),
  requestAuthentication: item => named(item, ...item.issuers.map((_, index) => `issuers[${index}]`)),
  rateLimits: item => named(item, 'limit'),
  visibility: item => named(item, 'exposes'),
  exposures: ({ service }) => named({ id: service }, 'exposure'),
  egress: item => named(item, 'mode'),
  telemetry: item => named(item, 'settings'),
  opaque: item => named(item, 'whole'),
};

/** A mesh that does not speak of one of these does nothing of the kind, which is a default too. */
const meshDefaults: readonly (keyof Mesh['defaults'])[] = [
  'retries',
  'timeouts',
  'loadBalancing',
  'connectionLimits',
  'outlierDetection',
  'access',
];

const inventoryLeaves = ({ inventory }: Model): readonly Leaf[] => [
  ...inventory.services
    .filter(({ external, evidence }) => external && evidence === 'object')
    .flatMap(service => named(service, 'service')),
  ...inventory.services.filter(one => one.joinedWith !== undefined).flatMap(one => named(one, 'joined')),
  ...inventory.workloads.filter(({ isMachine }) => isMachine).flatMap(machine => named(machine, 'machine')),
  ...inventory.gateways
    .filter(({ purpose }) => purpose !== 'waypoint')
    .flatMap(gateway =>
      named(gateway, 'gateway', ...gateway.listeners.map(({ name }, index) => `listeners[${index}] ${name}`)),
    ),
];

/** The fields of a flat settings object. */
const fieldsOf = (name: string, settings: object): readonly string[] =>
  keysBeside(settings).map(([field]) => `${name}.${field}`);

const flatSettings: ReadonlySet<string> = new Set(['connectionLimits', 'outlierDetection']);

const settingLeaves = ([key, value]: [string, unknown]): readonly string[] =>
  flatSettings.has(key) ? fieldsOf(key, value as object) : [key];

const tableLeaves = ({ rules }: Model['frontends'][number]): readonly string[] => {
  const actions = [...new Set(rules.map(({ action }) => action))];
  return [...actions.flatMap(actionLeaves), ...rules.flatMap(({ id, match }) => matchLeaves(id, match))];
};

/** Each part of a match, and each element of the parts that are lists of conditions. */
const matchLeaves = (rule: string, match: object): readonly string[] =>
  keysBeside(match).flatMap(([key, value]) => {
    if (key !== 'headers' && key !== 'query' && key !== 'claims') return [`${rule} ${key}`];
    return (value as readonly Mapping[]).map((condition, index) => {
      const name = key === 'claims' ? (condition.path as readonly string[]).join('.') : String(condition.name);
      return `${rule} ${key}[${index}] ${name}`;
    });
  });

const actionLeaves = (action: Model['frontends'][number]['rules'][number]['action']): readonly string[] =>
  keysBeside(action, 'id', 'name').flatMap(([key, value]): readonly string[] => {
    const at = (name: string): string => `${action.id} ${name}`;
    if (key === 'target') return targetLeaves(action.target).map(at);
    if (key === 'timeouts') return fieldsOf('timeout', value as object).map(at);
    if (key === 'retries' || key === 'fault' || key === 'rewrite') return fieldsOf(key, value as object).map(at);
    if (key === 'mirrors') return (value as readonly unknown[]).map((_, index) => at(`mirrors[${index}]`));
    return [at(key)];
  });

const targetLeaves = (target: Model['frontends'][number]['rules'][number]['action']['target']): readonly string[] => {
  if (target.kind === 'redirect') return ['redirect'];
  if (target.kind === 'respond') return ['response'];
  const shares = target.backends.flatMap((share, index) => [
    `backends[${index}]`,
    ...keysBeside(share, 'backend', 'weight').map(([key]) => `backends[${index}] ${key}`),
  ]);
  return [...shares, 'weights'];
};
