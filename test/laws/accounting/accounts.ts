import type { Adapter } from '../../../src/adapter/adapter.ts';
import { fieldsOf, kindsOf, type System, shapeOf } from '../../support/fields.ts';
import { live } from '../live/index.ts';
import { accountKind, type FieldAccount } from './account-kind.ts';

const systems: readonly System[] = ['consul', 'gateway-api', 'istio', 'linkerd'];

/** The account of one native kind, as one adapter reads it. */
export interface KindAccount {
  readonly adapter: string;
  readonly group: string;
  readonly kind: string;
  /** `report`: the adapter only reports the kind, and says so in its contract. */
  readonly role: 'read' | 'report';
  readonly fields: readonly FieldAccount[];
}

/** The kinds that an adapter knows and whose fields the tables hold. */
export const kindsWithFields = (adapter: Adapter) =>
  adapter.resources.flatMap(({ group, kind, role }) => {
    const system = systems.find(name => kindsOf(name).includes(`${group}/${kind}`));
    return system === undefined ? [] : [{ group, kind, role, system }];
  });

/** The account of every field of a kind. */
export const accountOf = (adapter: Adapter, kind: ReturnType<typeof kindsWithFields>[number]): KindAccount => {
  const { system, group, kind: name, role } = kind;
  const scenes = live.find(candidate => candidate.group === group && candidate.kind === name);
  const fields = accountKind(adapter, {
    shape: shapeOf(system, name, group),
    leaves: fieldsOf(system, name, group),
    ...(scenes ? { live: scenes } : {}),
  });
  return { adapter: adapter.id, group, kind: name, role, fields };
};
