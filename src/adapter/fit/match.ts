import type { Frontend, Rule } from '../../model/frontend.ts';
import type { Match } from '../../model/match.ts';
import { capabilityOf } from '../capability-of.ts';
import type { Judge } from '../judge.ts';
import { type Draft, optional, type Part, part } from './ledger.ts';

type MatchDraft = Draft<Match>;

const takesAll = (match: Match): boolean => {
  for (const key in match) if (key !== 'source') return false;
  return true;
};

/** The conditions of one rule. Each is essential: without one the rule would take more requests than it did. */
export const matchParts = (rule: Rule, frontend: Frontend, judge: Judge): Part<MatchDraft>[] => {
  const at = { frontend, rule };
  const { match } = rule;
  if (takesAll(match)) return [];
  const { source } = match;
  const leaf = (name: string) => `${rule.id} ${name}`;
  return [
    ...optional(match.path, value =>
      part<MatchDraft, typeof value>({
        essential: true,
        source,
        capability: capabilityOf.path(value),
        leaf: leaf('path'),
        value,
        ask: v => judge.path(v, at),
        put: (draft, v) => {
          draft.path = v;
        },
      }),
    ),
    ...(['method', 'scheme', 'authority'] as const).flatMap(name =>
      optional(match[name], value =>
        part<MatchDraft, typeof value>({
          essential: true,
          source,
          capability: `${name}-match`,
          leaf: leaf(name),
          value,
          ask: v => judge[name](v, at),
          put: (draft, v) => {
            draft[name] = v;
          },
        }),
      ),
    ),
    ...(match.headers ?? []).map((value, index) =>
      part<MatchDraft, typeof value>({
        essential: true,
        capability: capabilityOf.header(value),
        leaf: leaf(`headers[${index}] ${value.name}`),
        value,
        source: value.source ?? source,
        ask: v => judge.header(v, at),
        put: (draft, v) => {
          draft.headers = [...(draft.headers ?? []), v];
        },
      }),
    ),
    ...(match.query ?? []).map((value, index) =>
      part<MatchDraft, typeof value>({
        essential: true,
        capability: 'query-match',
        leaf: leaf(`query[${index}] ${value.name}`),
        value,
        source: value.source ?? source,
        ask: v => judge.query(v, at),
        put: (draft, v) => {
          draft.query = [...(draft.query ?? []), v];
        },
      }),
    ),
    ...(match.claims ?? []).map((value, index) =>
      part<MatchDraft, typeof value>({
        essential: true,
        capability: 'claim-match',
        leaf: leaf(`claims[${index}] ${value.path.join('.')}`),
        value,
        source: value.source ?? source,
        ask: v => judge.claim(v, at),
        put: (draft, v) => {
          draft.claims = [...(draft.claims ?? []), v];
        },
      }),
    ),
    ...connectionParts(rule, frontend, judge),
  ];
};

/** What is known of the connection and of the caller. */
const connectionParts = (rule: Rule, frontend: Frontend, judge: Judge): Part<MatchDraft>[] => {
  const at = { frontend, rule };
  const { match } = rule;
  const { source } = match;
  return [
    ...optional(match.port, value =>
      part<MatchDraft, number>({
        essential: true,
        source,
        capability: 'authority-match',
        leaf: `${rule.id} port`,
        value,
        ask: v => judge.port(v, at),
        put: (draft, v) => {
          draft.port = v;
        },
      }),
    ),
    ...optional(match.sni, value =>
      part<MatchDraft, readonly string[]>({
        essential: true,
        source,
        capability: 'tls-route',
        leaf: `${rule.id} sni`,
        value,
        ask: v => judge.sni(v, at),
        put: (draft, v) => {
          draft.sni = v;
        },
      }),
    ),
    ...optional(match.addresses, value =>
      part<MatchDraft, readonly string[]>({
        essential: true,
        source,
        capability: 'tcp-route',
        leaf: `${rule.id} addresses`,
        value,
        ask: v => judge.addresses(v, at),
        put: (draft, v) => {
          draft.addresses = v;
        },
      }),
    ),
    ...optional(match.caller, value =>
      part<MatchDraft, typeof value>({
        essential: true,
        capability: 'caller-match',
        leaf: `${rule.id} caller`,
        value,
        source: value.source ?? source,
        ask: v => judge.caller(v, at),
        put: (draft, v) => {
          draft.caller = v;
        },
      }),
    ),
  ];
};
