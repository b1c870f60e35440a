import { groupBy } from '../../../base/order.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import { isWholeSelf } from './judge-action.ts';
import type { Judging } from './judging.ts';

const isBytes = ({ protocol }: Frontend): boolean => protocol === 'tcp' || protocol === 'tls';

const sameService = (a: Frontend, b: Frontend): boolean =>
  a.listens.kind === 'service' && b.listens.kind === 'service' && a.listens.service === b.listens.service;

const indexes = new WeakMap<readonly Frontend[], ReadonlyMap<string, readonly Frontend[]>>();

/** The tables in front of one service, itself among them, in their order. A list is gone through once, not per table. */
export const tablesBeside = ({ listens }: Frontend, tables: readonly Frontend[]): readonly Frontend[] => {
  if (listens.kind !== 'service') return [];
  let index = indexes.get(tables);
  if (!index) {
    index = groupBy(tables, other => (other.listens.kind === 'service' ? other.listens.service : ''));
    indexes.set(tables, index);
  }
  return index.get(listens.service) ?? [];
};

/** Whether a rule has to know the port that was dialled: it looks at it, or a backend is on the same one. */
const looksAtPort = (frontend: Frontend, { match, action }: Rule): boolean =>
  match.port !== undefined || needsPort(frontend, action);

const needsPort = (frontend: Frontend, action: Action): boolean =>
  action.target.kind === 'forward' &&
  action.target.backends.some(
    ({ backend }) =>
      backend.kind === 'service' && backend.port === undefined && !isWholeSelf(backend, { frontend, action }),
  );

/**
 * The ports that the routes of a table name; `undefined` is a route for all of them. Routes for all ports also take those
 * that carry bytes, where there is a table for bytes beside.
 */
export const routePorts = (
  frontend: Frontend,
  rules: readonly Rule[],
  tables: readonly Frontend[],
  judging: Judging,
): readonly (number | undefined)[] => {
  const { listens } = frontend;
  if (listens.kind !== 'service') return [];
  if (listens.port !== undefined) return [listens.port];
  const isShared = tablesBeside(frontend, tables).some(other => isBytes(other) !== isBytes(frontend));
  const taken = takenPorts(frontend, tables);
  if (taken.size === 0 && !isShared && !rules.some(rule => looksAtPort(frontend, rule))) return [undefined];
  const own = judging.portsOf(listens.service, isShared || isBytes(frontend) ? frontend.protocol : undefined);
  return own.filter(port => !taken.has(port));
};

const noPorts: ReadonlySet<number> = new Set();

/**
 * The ports of a table that another one before it has for itself: the routes of both would be joined there, while in
 * the model the first table decides alone.
 */
export const takenPorts = (frontend: Frontend, tables: readonly Frontend[]): ReadonlySet<number> => {
  const beside = tablesBeside(frontend, tables);
  const before = beside.slice(0, Math.max(beside.indexOf(frontend), 0));
  if (before.length === 0) return noPorts;
  return new Set(
    before
      .filter(other => isBytes(other) === isBytes(frontend) && areClientsOf(other, frontend))
      .flatMap(({ listens }) => (listens.kind === 'service' && listens.port !== undefined ? [listens.port] : [])),
  );
};

/** Whether every client of the second table is one of the first. */
export const areClientsOf = (first: Frontend, second: Frontend): boolean =>
  first.clients.namespaces === undefined ||
  (second.clients.namespaces?.every(namespace => first.clients.namespaces?.includes(namespace)) ?? false);

export { isBytes, sameService };
