import type { Retries } from '../../../model/capabilities/retries.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { CallerMatch, Match } from '../../../model/match.ts';
import { type HostTables, type HostTarget, hasPorts, hostTables, layerOf } from './host-tables.ts';
import type { Naming } from './naming.ts';
import { saidByName } from './server-name-order.ts';
import { conditionOf, isWithin, meets, type Standing, standingOf } from './standing.ts';

/** What is written for a host and the clients of some namespaces: a list for each way to read traffic. */
export interface RouteLists extends HostTables {
  readonly http: readonly Rule[];
  readonly tls: readonly Rule[];
  readonly tcp: readonly Rule[];
}

/** `usualRetries`: what the mesh does where no table is. */
export const routeLists = (
  frontends: readonly Frontend[],
  naming: Naming,
  usualRetries: Retries | undefined,
): readonly RouteLists[] =>
  hostTables(
    frontends.filter(({ listens }) => listens.kind !== 'listener'),
    naming,
  ).map(host => {
    const of = (layer: 'http' | 'tls' | 'tcp'): HostTables => ({
      ...host,
      tables: host.tables.filter(table => layerOf(table) === layer),
    });
    return {
      ...host,
      http: decisionList(of('http'), usualRetries),
      tls: saidByName(connectionList(of('tls'))),
      tcp: connectionList(of('tcp')),
    };
  });

/** The tables with the rules that somebody gets; those behind gateways as they are. */
export const tablesUsed = (frontends: readonly Frontend[], lists: readonly RouteLists[]): readonly Frontend[] => {
  const used = new Set(lists.flatMap(({ http, tls, tcp }) => [...http, ...tls, ...tcp].map(({ action }) => action)));
  return frontends.map(frontend =>
    frontend.listens.kind === 'listener'
      ? frontend
      : { ...frontend, rules: frontend.rules.filter(({ action }) => used.has(action)) },
  );
};

/**
 * The rules of all tables of a host as one list in which the first match wins: those of each table for its port and its
 * clients, and after them what the table does with the rest. `usualRetries`: what the mesh does where no table is.
 */
const decisionList = (
  { target, namespaces, tables }: HostTables,
  usualRetries: Retries | undefined,
): readonly Rule[] => {
  const list: Rule[] = [];
  let open: Standing[] = [];
  tables.forEach((table, index) => {
    const standing = standingOf(table, hasPorts(target));
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
        open.some(other => meets(other, standing)) || later.some(other => mayTake(other, table, hasPorts(target)));
      const isSaid = noMatch.kind === 'respond' && noMatch.status === 404 && isPresent(list, standing) && !isTakenLater;
      if (!isSaid) list.push(...rest);
    }
  });
  list.push(...open.flatMap(standing => passing(target, standing, usualRetries)));
  return tables.length > 1 ? withoutRepetition(list) : list;
};

/** Tables for different clients may hold the same rules: what an earlier one does for all that a later one is for. */
const withoutRepetition = (rules: readonly Rule[]): Rule[] => {
  const before = new Map<string, Match[]>();
  return rules.filter(rule => {
    const text = textOf(rule);
    const earlier = before.get(text) ?? [];
    const isRepeated = earlier.some(match => isWider(match, rule.match));
    if (!isRepeated) before.set(text, [...earlier, rule.match]);
    return !isRepeated;
  });
};

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

/** Whether a later table would take what an earlier one answers: it has a rule that the earlier one has not. */
const mayTake = (later: Frontend, earlier: Frontend, manyPorts: boolean): boolean => {
  const [before, after] = [standingOf(earlier, manyPorts), standingOf(later, manyPorts)];
  if (!meets(before, after)) return false;
  const known = rulesOf(earlier, before, undefined);
  return rulesOf(later, after, undefined).some(rule => {
    const match = narrowed(rule.match, before, undefined);
    return match !== undefined && !known.some(other => textOf(other) === textOf(rule) && isWider(other.match, match));
  });
};

/** What a rule asks of requests and does with them, whoever sends them and wherever it is written. */
const textOf = ({ match: { port: _port, caller: _caller, ...match }, action: { id: _id, ...action } }: Rule): string =>
  JSON.stringify([action, match], (key, value) => (key === 'source' || key === 'origin' ? undefined : value));

/** Whether one of two matches that ask the same of requests is for all the proxies that the other is for. */
const isWider = (one: Match, other: Match): boolean =>
  (one.port === undefined || one.port === other.port) &&
  (!one.caller?.namespaces || JSON.stringify(one.caller.namespaces) === JSON.stringify(other.caller?.namespaces)) &&
  Object.entries(one.caller?.labels ?? {}).every(([name, value]) => other.caller?.labels?.[name] === value);

/**
 * The rules of all tables about connections. What no rule takes goes to the service by itself, so that only a table
 * with others behind it has to say so; for TLS that has no words.
 */
const connectionList = ({ target, namespaces, tables }: HostTables): readonly Rule[] =>
  tables.flatMap((table, index, { length }) => {
    const standing = standingOf(table, hasPorts(target));
    const rest = table.noMatch.kind === 'passToService' && table.protocol === 'tcp' && index < length - 1;
    return [...rulesOf(table, standing, namespaces), ...(rest ? passing(target, standing) : [])];
  });
