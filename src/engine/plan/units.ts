/**
 * Wishes in parts that have nothing to do with each other, so that an edit costs what it touches. A unit is a namespace,
 * or several that a route ties together; what holds for a whole mesh is in all of them. What a unit mentions of other
 * namespaces stands beside it and is not written for.
 */
import { meshPolicyNamespace } from '../../api/kinds/targets.ts';
import { byText } from '../../base/order.ts';
import type { Policy } from '../../compile/policy.ts';
import type { Inventory } from '../../model/inventory.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { groupOf, type NativeObject, namespaceOf, type Snapshot } from '../../native/snapshot.ts';
import { mentionsOf, parentsOf, servicesNamedIn } from './mentions.ts';

export interface Unit {
  /** Its namespaces, joined. */
  readonly id: string;
  readonly policies: readonly Policy[];
  /** Objects of Gateway API that it is made of. */
  readonly routes: readonly NativeObject[];
  readonly inventory: Inventory;
  /** Services and namespaces that it is for; the rest of the inventory only stands beside it. */
  readonly namespaces: ReadonlySet<string>;
  /** All that it is made of: as long as these are the same, so is what comes out. */
  readonly inputs: readonly unknown[];
}

type Lists = Pick<Inventory, 'namespaces' | 'services' | 'workloads' | 'serviceAccounts' | 'gateways'>;

type Parts = Map<string, { [K in keyof Lists]: Lists[K][number][] }>;

const partsOf = new WeakMap<Inventory, Parts>();

/** What the inventory holds of each namespace. */
const byNamespace = (inventory: Inventory): Parts => {
  const known = partsOf.get(inventory);
  if (known) return known;
  const parts: Parts = new Map();
  const of = (namespace: string) => {
    const known = parts.get(namespace);
    if (known) return known;
    const part = { namespaces: [], services: [], workloads: [], serviceAccounts: [], gateways: [] };
    parts.set(namespace, part);
    return part;
  };
  for (const one of inventory.namespaces) of(one.name).namespaces.push(one);
  for (const one of inventory.services) of(one.namespace).services.push(one);
  for (const one of inventory.workloads) of(one.namespace).workloads.push(one);
  for (const one of inventory.serviceAccounts) of(one.namespace).serviceAccounts.push(one);
  for (const one of inventory.gateways) of(one.namespace).gateways.push(one);
  partsOf.set(inventory, parts);
  return parts;
};

/** Sets that grow together. */
class Groups {
  private readonly leaders = new Map<string, string>();

  leaderOf(name: string): string {
    let at = name;
    for (let next = this.leaders.get(at); next !== undefined; next = this.leaders.get(at)) at = next;
    return at;
  }

  join(a: string, b: string): void {
    const [first, second] = [this.leaderOf(a), this.leaderOf(b)].sort(byText);
    if (first !== undefined && second !== undefined && first !== second) this.leaders.set(second, first);
  }
}

/** What may hold in every namespace. */
const isForMesh = ({ kind, namespace, spec }: Policy): boolean =>
  kind === 'Mesh' ||
  (namespace === meshPolicyNamespace && spec.list('targetRefs').some(target => target.at('kind')?.value === 'Mesh'));

/** Objects that tell what others may refer to, wherever they are. */
const isShared = ({ ref }: NativeObject): boolean => ref.kind === 'ReferenceGrant' || ref.kind === 'GatewayClass';

/** Pairs of namespaces in which services have one name. */
const namesakes = (
  { services }: Inventory,
  objects: readonly NativeObject[],
): readonly (readonly [string, string])[] => {
  const homes = new Map<string, string>();
  return [...services, ...objects.flatMap(servicesNamedIn)].flatMap(({ name, namespace }) => {
    const other = homes.get(name) ?? namespace;
    homes.set(name, other);
    return other === namespace ? [] : [[other, namespace] as const];
  });
};

/** What units are made of. */
export interface Wished {
  readonly inventory: Inventory;
  readonly wishes: Snapshot;
  readonly policies: readonly Policy[];
  /** Services of one name are one to the mesh, whatever their namespaces: those namespaces are one unit. */
  readonly hasGlobalNames?: boolean;
  /** What writers look at besides: of each namespace, and (under no name) of all. */
  readonly beside?: ReadonlyMap<string, readonly unknown[]>;
}

/** `together`: namespaces that have to be one unit besides, because what they write meets in one object. */
export const unitsOf = (
  { inventory, wishes, policies, hasGlobalNames = false, beside: others }: Wished,
  together: readonly (readonly string[])[] = [],
): readonly Unit[] => {
  const parts = byNamespace(inventory);
  const all = wishes.objects.filter(object => groupOf(object.ref) === gatewayGroup && !wishes.superseded.has(object));
  const shared = all.filter(isShared);
  const routes = all.filter(object => !isShared(object));
  const groups = new Groups();
  for (const route of routes) for (const parent of parentsOf(route)) groups.join(namespaceOf(route.ref), parent);
  const named = [...routes, ...policies.map(({ object }) => object)];
  if (hasGlobalNames) for (const [a, b] of namesakes(inventory, named)) groups.join(a, b);
  for (const [first = '', ...others] of together) for (const other of others) groups.join(first, other);
  const names = new Set([
    ...parts.keys(),
    ...routes.map(({ ref }) => namespaceOf(ref)),
    ...policies.map(p => p.namespace),
  ]);
  const members = new Map<string, string[]>();
  for (const name of [...names].sort(byText)) {
    const leader = groups.leaderOf(name);
    members.set(leader, [...(members.get(leader) ?? []), name]);
  }
  const own = <T>(items: readonly T[], namespace: (item: T) => string): Map<string, T[]> => {
    const lists = new Map<string, T[]>();
    for (const item of items) {
      const leader = groups.leaderOf(namespace(item));
      const list = lists.get(leader);
      if (list) list.push(item);
      else lists.set(leader, [item]);
    }
    return lists;
  };
  const forMesh = policies.filter(isForMesh);
  const policiesOf = own(
    policies.filter(policy => !isForMesh(policy)),
    ({ namespace }) => namespace,
  );
  const routesOf = own(routes, ({ ref }) => namespaceOf(ref));
  return [...members].map(([leader, namespaces]): Unit => {
    const ownPolicies = [...forMesh, ...(policiesOf.get(leader) ?? [])];
    const ownRoutes = [...(routesOf.get(leader) ?? []), ...shared];
    const objects = [...ownPolicies.map(({ object }) => object), ...ownRoutes];
    // What is for a mesh may be for something of its own namespace as well.
    const homes = forMesh.map(({ namespace }) => namespace);
    const beside = [...new Set([...objects.flatMap(mentionsOf), ...homes])]
      .filter(name => !namespaces.includes(name))
      .sort(byText);
    const inside = namespaces.flatMap(name => parts.get(name) ?? []);
    const outside = beside.flatMap(name => parts.get(name) ?? []);
    const list = <K extends keyof Lists>(key: K): Lists[K][number][] =>
      [...inside, ...outside].flatMap((part): Lists[K][number][] => part[key]);
    const lists = {
      namespaces: list('namespaces'),
      services: list('services'),
      workloads: [
        ...inside.flatMap(({ workloads }) => workloads),
        ...outside.flatMap(({ workloads }) => workloads.map(bystander)),
      ],
      serviceAccounts: list('serviceAccounts'),
      gateways: list('gateways'),
    };
    return {
      id: namespaces.join(','),
      policies: ownPolicies,
      routes: ownRoutes,
      inventory: { clusters: inventory.clusters, ...lists },
      namespaces: new Set(namespaces),
      inputs: [
        ...objects,
        ...Object.values(lists).flat(),
        ...['', ...namespaces].flatMap(name => others?.get(name) ?? []),
      ],
    };
  });
};

const bystanders = new WeakMap<object, Inventory['workloads'][number]>();

/** A workload that others speak of, as one for which nothing is to be written: one and the same each time. */
const bystander = (workload: Inventory['workloads'][number]): Inventory['workloads'][number] => {
  const known = bystanders.get(workload);
  if (known) return known;
  const outside = { ...workload, memberships: [] };
  bystanders.set(workload, outside);
  return outside;
};
