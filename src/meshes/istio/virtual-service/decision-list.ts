import type { Retries } from '../../../model/capabilities/retries.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { CallerMatch, Match } from '../../../model/match.ts';
import type { Labels } from '../../../model/scope.ts';
import type { HostTables, HostTarget } from './host-tables.ts';

/** What is known of a proxy and a port before any request comes. */
interface Standing {
  readonly port?: number;
  readonly labels?: Labels;
  readonly namespaces?: readonly string[];
}

/**
 * The rules of all tables of a host as one list in which the first match wins: those of each table for its port and its
 * clients, and after them what the table does with the rest. `usualRetries`: what the mesh does where no table is.
 */
export const decisionList = (
  { target, namespaces, tables: all }: HostTables,
  usualRetries: Retries | undefined,
): readonly Rule[] => {
  const tables = asked(all, target);
  const list: Rule[] = [];
  let open: Standing[] = [];
  tables.forEach((table, index) => {
    const standing = standingOf(table, target);
    list.push(...rulesOf(table, standing, namespaces));
    const { noMatch } = table;
    if (noMatch.kind === 'next') open.push(standing);
    else {
      open = open.filter(earlier => !isWithin(earlier, standing));
      const rest =
        noMatch.kind === 'passToService'
          ? passing(target, standing, usualRetries)
          : answering(noMatch.status, standing);
      const later = tables.slice(index + 1);
      const isTakenLater =
        open.some(other => meets(other, standing)) || later.some(other => mayTake(other, table, target));
      const isSaid = noMatch.kind === 'respond' && noMatch.status === 404 && isPresent(list, standing) && !isTakenLater;
      if (!isSaid) list.push(...rest);
    }
  });
  return [...list, ...open.flatMap(standing => passing(target, standing, usualRetries))];
};

const standingOf = ({ clients, listens }: Frontend, target: HostTarget): Standing => ({
  ...('service' in target || (listens.kind === 'hosts' && listens.port !== 80)
    ? listens.kind !== 'listener' && listens.port !== undefined
      ? { port: listens.port }
      : {}
    : {}),
  ...(clients.labels ? { labels: clients.labels } : {}),
});

/** Rules as they stand for proxies of these namespaces; those for nobody there are left out. */
const rulesOf = (table: Frontend, standing: Standing, namespaces: readonly string[] | undefined): Rule[] =>
  table.rules.flatMap(rule => {
    const match = narrowed(rule.match, standing, namespaces);
    return match ? [{ ...rule, match }] : [];
  });

const narrowed = (match: Match, standing: Standing, namespaces: readonly string[] | undefined): Match | undefined => {
  const { port, caller, ...rest } = match;
  if (port !== undefined && standing.port !== undefined && port !== standing.port) return undefined;
  const here = callerOf(caller, standing, namespaces);
  if (here === 'nobody') return undefined;
  const at = standing.port ?? port;
  return { ...rest, ...(at === undefined ? {} : { port: at }), ...(here ? { caller: here } : {}) };
};

/** Who is meant, among the clients that have the object at all. */
const callerOf = (
  caller: CallerMatch | undefined,
  { labels }: Standing,
  among: readonly string[] | undefined,
): CallerMatch | undefined | 'nobody' => {
  if (!caller && !labels) return undefined;
  const { namespaces, labels: own, ...rest } = caller ?? {};
  if (Object.entries(own ?? {}).some(([name, value]) => (labels?.[name] ?? value) !== value)) return 'nobody';
  const meant = among ? namespaces?.filter(name => among.includes(name)) : namespaces;
  if (meant?.length === 0) return 'nobody';
  const all = { ...labels, ...own };
  const isEveryone = among !== undefined && meant?.length === among.length;
  const parts = {
    ...rest,
    ...(Object.keys(all).length > 0 ? { labels: all } : {}),
    ...(meant && !isEveryone ? { namespaces: meant } : {}),
  };
  return Object.keys(parts).some(key => key !== 'source') ? parts : undefined;
};

const conditionOf = ({ port, labels }: Standing): Match => ({
  ...(port === undefined ? {} : { port }),
  ...(labels ? { caller: { labels } } : {}),
});

const titleOf = ({ port, labels }: Standing): string =>
  ['rest', ...(port === undefined ? [] : [port]), ...Object.values(labels ?? {})].join('-');

/** To the service that was dialled, with what its clients get as if there were no table. */
const passing = (target: HostTarget, standing: Standing, retries?: Retries): Rule[] => {
  if (!('service' in target)) return [];
  const backend = { kind: 'service' as const, service: target.service };
  const action: Action = {
    id: `pass-${titleOf(standing)}`,
    target: { kind: 'forward', backends: [{ backend, weight: { value: 1, origin: 'proxyDefault' } }] },
    ...(retries ? { retries } : {}),
  };
  return [{ id: action.id, match: conditionOf(standing), action }];
};

const answering = (status: number, standing: Standing): Rule[] => {
  const id = `answer-${titleOf(standing)}`;
  const action: Action = { id, target: { kind: 'respond', response: { status } } };
  return [{ id, match: conditionOf(standing), action }];
};

/** Whether every proxy with that standing is given a rule at all: without one, the object does not exist for it. */
const isPresent = (rules: readonly Rule[], standing: Standing): boolean =>
  rules.some(
    ({ match: { port, caller } }) =>
      (port === undefined || port === standing.port) &&
      !caller?.namespaces &&
      Object.entries(caller?.labels ?? {}).every(([name, value]) => standing.labels?.[name] === value),
  );

const meets = (a: Standing, b: Standing): boolean =>
  (a.port === undefined || b.port === undefined || a.port === b.port) &&
  Object.entries(a.labels ?? {}).every(([name, value]) => (b.labels?.[name] ?? value) === value);

/** Whether a later table would take what an earlier one answers: it has a rule that the earlier one has not. */
const mayTake = (later: Frontend, earlier: Frontend, target: HostTarget): boolean => {
  const [before, after] = [standingOf(earlier, target), standingOf(later, target)];
  if (!meets(before, after)) return false;
  const known = rulesOf(earlier, before, undefined);
  return rulesOf(later, after, undefined).some(rule => {
    const match = narrowed(rule.match, before, undefined);
    return match !== undefined && !known.some(other => textOf(other) === textOf(rule) && isWider(other.match, match));
  });
};

const textOf = ({ match: { port: _port, caller: _caller, ...match }, action }: Rule): string =>
  JSON.stringify([action.id, match], (key, value) => (key === 'source' ? undefined : value));

/** Whether one of two matches that ask the same of requests is for all the proxies that the other is for. */
const isWider = (one: Match, other: Match): boolean =>
  (one.port === undefined || one.port === other.port) &&
  (!one.caller?.namespaces || JSON.stringify(one.caller.namespaces) === JSON.stringify(other.caller?.namespaces)) &&
  Object.entries(one.caller?.labels ?? {}).every(([name, value]) => other.caller?.labels?.[name] === value);

/**
 * The rules of all tables about connections. What no rule takes goes to the service by itself, so that only a table
 * with others behind it has to say so; for TLS that has no words.
 */
export const connectionList = ({ target, namespaces, tables }: HostTables): readonly Rule[] =>
  asked(tables, target).flatMap((table, index, { length }) => {
    const standing = standingOf(table, target);
    const rest = table.noMatch.kind === 'passToService' && table.protocol === 'tcp' && index < length - 1;
    return [...rulesOf(table, standing, namespaces), ...(rest ? passing(target, standing) : [])];
  });

/** Without the tables that nobody comes to, because one before them leaves nothing to them. */
const asked = (tables: readonly Frontend[], target: HostTarget): readonly Frontend[] => {
  const closed: Standing[] = [];
  return tables.filter(table => {
    const standing = standingOf(table, target);
    const isAsked = !closed.some(earlier => isWithin(standing, earlier));
    if (isAsked && table.noMatch.kind !== 'next') closed.push(standing);
    return isAsked;
  });
};

/** Whether everyone in the first standing is in the second. */
const isWithin = (one: Standing, other: Standing): boolean =>
  (other.port === undefined || other.port === one.port) &&
  Object.entries(other.labels ?? {}).every(([name, value]) => one.labels?.[name] === value);
