import { byKey } from '../../../../base/order.ts';
import type { AccessCondition, AccessValue } from '../../../../model/capabilities/access.ts';
import type { Workload } from '../../../../model/inventory.ts';
import { regexTakes } from '../../../../native/gateway-api/intersect.ts';
import { everyone } from '../../intentions/intention.ts';
import { serviceOfSpiffe } from '../../services.ts';
import type { Judging } from '../judging.ts';

/** Where somebody runs, and as whom. */
type Instance = Pick<Workload, 'namespace' | 'serviceAccount'>;

/** Somebody whom an intention can name: a service of the mesh, a gateway, or everyone who is not named. */
export type Caller = { readonly name: string; readonly instances: readonly Instance[] };

export const anyoneElse: Caller = { name: everyone, instances: [] };

/** Conditions about the caller alone. */
export const isOfCaller = ({ attribute }: AccessCondition): boolean =>
  attribute === 'peer.identity' || attribute === 'peer.namespace';

/** Whether a condition names somebody by a value that stands for a set of callers, some of whom may come later. */
export const isOpenSet = ({ attribute, values }: AccessCondition): boolean =>
  attribute === 'peer.namespace' ||
  values.some(value => value.kind === 'prefix' || value.kind === 'suffix' || value.kind === 'regex');

/** Whether a value takes everyone who has an identity of the mesh. */
const takesAll = (value: AccessValue, { model }: Judging): boolean => {
  if (value.kind === 'present') return true;
  if (value.kind !== 'prefix') return false;
  const domains = model.meshes.flatMap(({ trustDomain, trustDomainAliases }) => [trustDomain, ...trustDomainAliases]);
  return value.value === '' || domains.some(domain => `${domain}/ns/`.startsWith(value.value));
};

/** What a condition about the caller makes of one; undefined where the instances of a service differ. */
export const holdsFor = (condition: AccessCondition, caller: Caller, judging: Judging): boolean | undefined => {
  const { attribute, values, negated } = condition;
  if (caller.name === everyone) {
    const isTaken = attribute === 'peer.identity' && values.some(value => takesAll(value, judging));
    return isTaken !== negated;
  }
  const answers = new Set(
    caller.instances.map(
      workload => values.some(value => takes(value, attribute, workload, caller.name, judging)) !== negated,
    ),
  );
  return answers.size === 1 ? [...answers][0] : undefined;
};

const takes = (
  value: AccessValue,
  attribute: AccessCondition['attribute'],
  { namespace, serviceAccount }: Instance,
  name: string,
  judging: Judging,
): boolean => {
  if (attribute === 'peer.namespace') return textTakes(value, namespace) ?? false;
  if (takesAll(value, judging)) return true;
  const own = judging.model.meshes.flatMap(({ trustDomain, trustDomainAliases }) => [
    trustDomain,
    ...trustDomainAliases,
  ]);
  if (value.kind === 'spiffe') return serviceOfSpiffe(value.id) === name;
  if (value.kind === 'serviceAccount') {
    const isOwn = (value.trustDomains ?? own).some(domain => domain === '*' || own.includes(domain));
    return isOwn && value.namespace === namespace && value.name === serviceAccount;
  }
  return own.some(domain => textTakes(value, `${domain}/ns/${namespace}/sa/${serviceAccount}`));
};

const textTakes = (value: AccessValue, text: string): boolean | undefined => {
  switch (value.kind) {
    case 'present':
      return true;
    case 'exact':
      return value.value === text;
    case 'prefix':
      return text.startsWith(value.value);
    case 'suffix':
      return text.endsWith(value.value);
    case 'regex':
      return regexTakes(value.regex, text);
    default:
      return undefined;
  }
};

/** The services and gateways of the mesh, each with those who show its identity, and by what conditions name them. */
interface Index {
  readonly all: readonly Caller[];
  readonly byName: ReadonlyMap<string, Caller>;
  readonly byAccount: ReadonlyMap<string, readonly Caller[]>;
  readonly byNamespace: ReadonlyMap<string, readonly Caller[]>;
}

const indices = new WeakMap<Judging['names'], Index>();

/** A gateway goes by its own name; whoever named the account of its pods meant it. */
const gatewayCallers = ({ model, target, gatewayName }: Judging): readonly Caller[] =>
  model.inventory.gateways
    .filter(({ mesh, purpose }) => mesh === target.id && purpose === 'ingress')
    .map(gateway => ({
      name: gatewayName(gateway),
      instances: [
        { namespace: gateway.podNamespace ?? gateway.namespace, serviceAccount: gateway.serviceAccount ?? '' },
      ],
    }));

const indexOf = (judging: Judging): Index => {
  const { names } = judging;
  const known = indices.get(names);
  if (known) return known;
  const services = names.all().map((name): Caller => ({ name, instances: names.instances(name) }));
  const all = [...services, ...gatewayCallers(judging)].sort(byKey(({ name }) => name));
  const by = (key: (instance: Instance) => string): ReadonlyMap<string, readonly Caller[]> => {
    const found = new Map<string, Caller[]>();
    for (const caller of all) {
      for (const value of new Set(caller.instances.map(key))) {
        const callers = found.get(value);
        if (callers) callers.push(caller);
        else found.set(value, [caller]);
      }
    }
    return found;
  };
  const index: Index = {
    all,
    byName: new Map(all.map(caller => [caller.name, caller])),
    byAccount: by(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`),
    byNamespace: by(({ namespace }) => namespace),
  };
  indices.set(names, index);
  return index;
};

/** The callers of whom some condition may say something else than of anyone; in the order of names. */
export const callersNamedBy = (conditions: readonly AccessCondition[], judging: Judging): readonly Caller[] => {
  const index = indexOf(judging);
  const named = new Set<Caller>();
  for (const { attribute, values } of conditions) {
    for (const value of values) {
      const callers = callersOfValue(value, attribute, index, judging);
      if (!callers) return index.all;
      for (const caller of callers) named.add(caller);
    }
  }
  return [...named].sort(byKey(({ name }) => name));
};

/** Undefined: only asking each of them tells. */
const callersOfValue = (
  value: AccessValue,
  attribute: AccessCondition['attribute'],
  index: Index,
  judging: Judging,
): readonly Caller[] | undefined => {
  if (attribute === 'peer.namespace') {
    return value.kind === 'exact' && !value.ignoreCase ? (index.byNamespace.get(value.value) ?? []) : undefined;
  }
  if (takesAll(value, judging)) return [];
  if (value.kind === 'serviceAccount') return index.byAccount.get(`${value.namespace}/${value.name}`) ?? [];
  if (value.kind !== 'spiffe') return undefined;
  const caller = index.byName.get(serviceOfSpiffe(value.id) ?? '');
  return caller ? [caller] : [];
};
