import type { Rule } from '../../../model/frontend.ts';
import type { Match } from '../../../model/match.ts';
import type { Labels } from '../../../model/scope.ts';

/** The rules of a VirtualService as some clients have them, on one port or on all. */
export interface ClientTable {
  readonly port?: number;
  readonly namespaces?: readonly string[];
  readonly labels?: Labels;
  readonly rules: readonly Rule[];
}

type Condition = Omit<ClientTable, 'rules'>;

/**
 * For which clients, and on which ports, the rules are there at all. A proxy is not given the rules for another port or
 * for other clients, and where none is left the object does not exist: the next one for the host, or the service itself,
 * takes its place, and nobody answers 404 (pilot, Istio 1.31: `BuildHTTPRoutesForVirtualService` and its callers). So if
 * each rule asks for a port or for certain clients, there is one table for each of these conditions that no other includes.
 */
export const clientTables = (rules: readonly Rule[]): readonly ClientTable[] => {
  if (rules.length === 0) return [];
  const conditions = rules.map(({ match }) => conditionOf(match));
  if (conditions.some(condition => Object.keys(condition).length === 0)) return [{ rules }];
  const distinct = [...new Map(conditions.map(condition => [JSON.stringify(condition), condition])).values()];
  const widest = distinct.filter(one => !distinct.some(other => other !== one && includes(other, one)));
  return widest.map(condition => ({
    ...condition,
    rules: rules.flatMap(rule =>
      exclude(condition, conditionOf(rule.match)) ? [] : [{ ...rule, match: without(rule.match, condition) }],
    ),
  }));
};

const conditionOf = ({ port, caller }: Match): Condition => ({
  ...(port === undefined ? {} : { port }),
  ...(caller?.namespaces ? { namespaces: caller.namespaces } : {}),
  ...(caller?.labels ? { labels: Object.fromEntries(Object.entries(caller.labels).sort()) } : {}),
});

/** Whether nobody fulfils both. */
const exclude = (a: Condition, b: Condition): boolean =>
  (a.port !== undefined && b.port !== undefined && a.port !== b.port) ||
  Boolean(a.namespaces && b.namespaces && !a.namespaces.some(name => b.namespaces?.includes(name))) ||
  Object.entries(a.labels ?? {}).some(([name, value]) => (b.labels?.[name] ?? value) !== value);

/** Whether everyone who fulfils the second fulfils the first. */
const includes = (a: Condition, b: Condition): boolean =>
  (a.port === undefined || a.port === b.port) &&
  (!a.namespaces || Boolean(b.namespaces?.every(name => a.namespaces?.includes(name)))) &&
  Object.entries(a.labels ?? {}).every(([name, value]) => b.labels?.[name] === value);

/** A match for those who fulfil the condition anyway. */
const without = (match: Match, condition: Condition): Match => {
  const { port, caller, ...rest } = match;
  const labels = Object.entries(caller?.labels ?? {}).filter(([name, value]) => condition.labels?.[name] !== value);
  const namespaces = condition.namespaces ? undefined : caller?.namespaces;
  return {
    ...rest,
    ...(port === undefined || condition.port !== undefined ? {} : { port }),
    ...(caller && (labels.length > 0 || namespaces)
      ? {
          caller: {
            ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}),
            ...(namespaces ? { namespaces } : {}),
            ...(caller.source ? { source: caller.source } : {}),
          },
        }
      : {}),
  };
};
