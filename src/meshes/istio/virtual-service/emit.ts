import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { byAll, byKey, groupBy, unique } from '../../../base/order.ts';
import { objectKey } from '../../../base/source.ts';
import type { Action, Rule } from '../../../model/frontend.ts';
import { hostMatches } from '../../../model/match.ts';
import type { RouteLists } from './decision-list.ts';
import { emitAction, emitRoute } from './emit-action.ts';
import { emitConnectionMatch, emitMatch } from './emit-match.ts';
import { emitRedirectPath, emitReplacement, replacedForms } from './emit-path.ts';
import { objectName, type Writing } from './naming.ts';
import { apart } from './overlapping-hosts.ts';

export { type Naming, objectName } from './naming.ts';

type Json = Record<string, unknown>;

/** An object but for its hosts: several hosts that get the same share one. */
interface Draft {
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly exportTo?: readonly string[];
  readonly sections: Json;
  /** Where it comes from: only what was one object becomes one again. */
  readonly origin: string;
}

/**
 * One VirtualService for each host and each kind of client, so that nothing depends on how Istio chooses between objects
 * for one host: for HTTP it takes one and forgets the others (observed, row 2.3).
 */
export const emitVirtualServices = (lists: readonly RouteLists[], writing: Writing): Manifest[] => {
  const drafts = lists.flatMap(list => draftsOf(list, writing));
  return [...groupBy(withoutRepetition(drafts), placeOf).values()]
    .flatMap(alike)
    .map(manifestOf)
    .sort(byKey(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
};

const placeOf = ({ namespace, exportTo, origin }: Draft): string => JSON.stringify([namespace, exportTo, origin]);

/** Drafts of one origin that say the same, but for their hosts, and that one object can be for. */
const alike = (drafts: readonly Draft[]): readonly (readonly Draft[])[] =>
  drafts.length < 2
    ? [drafts]
    : [...groupBy(drafts, ({ sections }) => JSON.stringify(sections)).values()].flatMap(group =>
        apart(group, ({ hosts }) => hosts),
      );

const patternRank = (host: string): number => (host.startsWith('*') ? 1000 - host.length : 0);

/** Services before other hosts, and these before patterns, of which the most specific comes first. */
const byRank = byAll<string>(
  (a, b) => Number(b.includes('.svc.')) - Number(a.includes('.svc.')),
  (a, b) => patternRank(a) - patternRank(b),
  byKey(host => host),
);

const manifestOf = (group: readonly Draft[]): Manifest => {
  const [first] = group as readonly [Draft, ...Draft[]];
  const hosts = unique(group.flatMap(draft => draft.hosts)).sort(byRank);
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: objectName(hosts[0] ?? 'routes'), namespace: first.namespace, labels: ownershipLabel },
    spec: { hosts, ...(first.exportTo ? { exportTo: first.exportTo } : {}), ...first.sections },
  };
};

/** What some clients get need not be said to them alone if everyone gets the same. */
const withoutRepetition = (drafts: readonly Draft[]): Draft[] => {
  if (drafts.every(({ exportTo }) => !exportTo)) return [...drafts];
  const textOf = ({ hosts, sections }: Draft): string => JSON.stringify([hosts, sections]);
  const everyone = new Set(drafts.filter(({ exportTo }) => !exportTo).map(textOf));
  return drafts.filter(draft => !draft.exportTo || !everyone.has(textOf(draft)));
};

const draftsOf = ({ target, namespaces, tables, ...lists }: RouteLists, writing: Writing): Draft[] => {
  const named = 'service' in target ? writing.hostOf(target.service) : undefined;
  const host = 'service' in target ? (named?.host ?? target.service) : target.pattern;
  const home = named?.namespace ?? tables[0]?.source?.object.namespace ?? 'default';
  const http = emitRules(lists.http, writing);
  const base = {
    // Clients of one namespace find what is theirs alone beside them.
    namespace: namespaces?.length === 1 ? (namespaces[0] ?? home) : home,
    ...(namespaces ? { exportTo: namespaces.length === 1 ? ['.'] : namespaces } : {}),
    origin: tables.map(({ id, source }) => (source ? objectKey(source.object) : id)).join(),
  };
  const names = serverNames(lists.tls, host);
  const [byName, byAddress] = [lists.tls, lists.tcp].map(rules => rules.map(rule => emitConnectionRule(rule, writing)));
  const others = { ...section('http', http), ...section('tcp', byAddress) };
  // A server name has to be among the hosts, for which everything else in the object would be as well.
  const isApart = names.length > 0 && Object.keys(others).length > 0;
  const ofNames = section('tls', byName);
  return [
    { ...base, hosts: isApart ? [host] : [host, ...names], sections: isApart ? others : { ...others, ...ofNames } },
    ...(isApart ? [{ ...base, hosts: [host, ...names], sections: ofNames }] : []),
  ].filter(draft => Object.keys(draft.sections).length > 0);
};

const section = (key: string, rules: readonly unknown[] = []): Json => (rules.length > 0 ? { [key]: rules } : {});

/** The names that have to stand beside the host; of two that overlap, an object takes only the wider one. */
const serverNames = (rules: readonly Rule[], host: string): string[] => {
  const names = unique([host, ...rules.flatMap(({ match }) => match.sni ?? [])]);
  return names.filter(name => name !== host && !names.some(other => other !== name && hostMatches(other, name)));
};

const emitConnectionRule = ({ match, action }: Rule, writing: Writing): Json => {
  const matches = emitConnectionMatch(match).filter(entry => Object.keys(entry).length > 0);
  return { ...(matches.length > 0 ? { match: matches } : {}), ...emitRoute(action, writing) };
};

/** A rule under way: what it takes, and the rest of it as it will be written. */
interface Written {
  readonly action: Action;
  readonly matches: Json[];
  readonly rest: Json;
}

const doesTheSame = (one: Written, action: Action, rest: Json): boolean =>
  one.action.id === action.id && JSON.stringify(one.rest) === JSON.stringify(rest);

/** Rules in list order; neighbours that do the same become one rule with several matches. */
export const emitRules = (rules: readonly Rule[], writing: Writing): Json[] => {
  const written: Written[] = [];
  for (const rule of rules) {
    for (const { matches, rest } of formsOf(rule, writing)) {
      const { action } = rule;
      const last = written.at(-1);
      const isOpen = matches.some(match => Object.keys(match).length === 0);
      if (!isOpen && last && last.matches.length > 0 && doesTheSame(last, action, rest)) last.matches.push(...matches);
      else written.push({ action, matches: isOpen ? [] : [...matches], rest });
    }
  }
  return written.map(({ action: { name }, matches, rest }) => ({
    ...(name === undefined ? {} : { name }),
    ...(matches.length > 0 ? { match: matches } : {}),
    ...rest,
  }));
};

/** A rule with a prefix by segments may need two: the path itself and what lies below are rewritten each in its way. */
const formsOf = ({ match, action }: Rule, writing: Writing): { matches: readonly Json[]; rest: Json }[] => {
  const { target } = action;
  const rewrite = target.kind === 'redirect' ? target.redirect.path : action.rewrite?.path;
  return replacedForms(match.path, rewrite).map(({ form, replacement }) => {
    const path =
      target.kind === 'redirect'
        ? { rewrite: {}, redirect: emitRedirectPath(replacement) }
        : { rewrite: emitReplacement(form, replacement), redirect: {} };
    return { matches: emitMatch(match, form), rest: emitAction(action, path, writing) };
  });
};
