import type { TokenIssuer } from '../../model/capabilities/request-authentication.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { CallerMatch } from '../../model/match.ts';
import type { ClientScope } from '../../model/scope.ts';
import { plainToken, type Request, type Token } from '../request.ts';
import { type Condition, clauseConditions, corsEdits, matchConditions, rewriteEdits } from './conditions.ts';
import { type Draft, type Edit, plainDraft, requestFrom, withHeader, withPath, withToken } from './draft.ts';
import type { Target } from './target.ts';

/** A request to a target, and who is to send it. */
export interface SampleRequest {
  readonly request: Request;
  /** Dialled in place of the target's name, where rules look at addresses. */
  readonly dialled?: string;
  /** Somebody in each of these scopes is enough; absent: every caller. */
  readonly askers?: readonly ClientScope[];
}

const tokenOf = ({ issuer, audiences }: TokenIssuer): Token => ({ ...plainToken, issuer, audiences: audiences ?? [] });

/** With a token of each issuer, a broken one, one of nobody, one for nobody. */
const tokenCondition = (tokens: readonly Token[]): Condition => ({
  part: 'token',
  inside: draft => draft,
  around: [
    ...tokens.flatMap(token => [token, { ...token, valid: false }, { ...token, audiences: ['somebody-else'] }]),
    { ...plainToken, issuer: 'https://nobody.example' },
  ].map(withToken),
});

const all =
  (edits: readonly Edit[]): Edit =>
  draft =>
    edits.reduce((made, edit) => edit(made), draft);

/** A request that all conditions take, if they can be met at once. */
const meeting = (conditions: readonly Condition[]): Edit => all(conditions.map(({ inside }) => inside));

/** Requests that all conditions take but one, which is stood around. */
const aroundEach = (conditions: readonly Condition[]): Edit[] =>
  conditions.flatMap(({ around }) => around.map(edit => all([meeting(conditions), edit])));

/** Beyond this many rules in between, two rules are told from each other by their own borders only. */
const neighbourhood = 12;

/** A rule of one table, or a clause of one policy, as conditions. */
interface Asked {
  readonly conditions: readonly Condition[];
  /** Who can meet the rule at all. */
  readonly askers: readonly ClientScope[];
}

/** Requests that stand at the borders of two rules at once: whichever is asked first decides. */
const atBoth = (first: Asked, second: Asked): Edit[] => {
  const parts = new Set(first.conditions.map(({ part }) => part));
  const others = second.conditions.filter(({ part }) => !parts.has(part));
  return [
    all([meeting(second.conditions), meeting(first.conditions)]),
    all([meeting(first.conditions), meeting(second.conditions)]),
    all([meeting(first.conditions), meeting(others)]),
  ];
};

const pairs = (rules: readonly Asked[]): { edit: Edit; askers: readonly ClientScope[] }[] =>
  rules.flatMap((first, index) =>
    rules
      .slice(index + 1, index + 1 + neighbourhood)
      .flatMap(second => atBoth(first, second).map(edit => ({ edit, askers: [...first.askers, ...second.askers] }))),
  );

const bytesDraft: Draft = { ...plainDraft, protocol: 'tcp' };
const tlsDraft: Draft = { ...plainDraft, protocol: 'tls', scheme: 'https' };

/** The plainest requests to a target, one for each way in which it may be spoken to. */
export const baseDrafts = ({ protocol, overTls, frontends }: Target): Draft[] => {
  const scheme = overTls ? 'https' : 'http';
  const hasTable = (...layers: readonly Frontend['protocol'][]): boolean =>
    frontends.some(table => layers.includes(table.protocol));
  switch (protocol) {
    case 'tcp':
      return [bytesDraft, plainDraft];
    case 'tls':
    case 'https':
      return [tlsDraft];
    case 'grpc':
      return [{ ...plainDraft, protocol: 'grpc', method: 'POST', path: '/package.Service/Method', scheme }];
    case 'detect':
      // The first bytes decide, so that tables of every layer may have a word.
      return [
        { ...plainDraft, scheme },
        ...(hasTable('tls', 'https') ? [tlsDraft] : []),
        ...(hasTable('tcp') ? [bytesDraft] : []),
      ];
    default:
      return [{ ...plainDraft, scheme }];
  }
};

/** Ways to write the name that is dialled, and a name of nobody. */
const authorityEdits = (target: Target): Edit[] => {
  const host = 'host' in target.to ? target.to.host : undefined;
  const short = 'service' in target.to ? target.to.service.split('/')[1] : undefined;
  const names = [host && `${host}:${target.to.port ?? 80}`, host?.toUpperCase(), short, 'somebody.example'];
  return names.flatMap(authority =>
    authority === undefined ? [] : [(draft: Draft): Draft => ({ ...draft, authority })],
  );
};

const usualEdits: readonly Edit[] = [
  withPath('/somewhere/else'),
  draft => ({ ...draft, query: [['a', 'b']] }),
  draft => ({ ...draft, method: 'POST' }),
  withHeader('x-nobody-asks-for', 'this'),
];

const both = (clients: ClientScope, caller: CallerMatch | undefined): ClientScope => ({
  ...clients,
  ...(caller?.namespaces ? { namespaces: caller.namespaces } : {}),
  ...(caller?.labels ? { labels: { ...clients.labels, ...caller.labels } } : {}),
});

const routedBy = ({ frontends }: Target, tokens: readonly Token[]): Asked[] =>
  frontends.flatMap(({ clients, rules }) =>
    rules.map(({ match }) => ({ conditions: matchConditions(match, tokens), askers: [both(clients, match.caller)] })),
  );

const guardedBy = ({ policies }: Target, tokens: readonly Token[]): Asked[] =>
  policies.flatMap(policy =>
    policy.rules.flatMap(rule =>
      rule.clauses.map(clause => ({ conditions: clauseConditions(clause, tokens), askers: [] })),
    ),
  );

/** Requests on which what a rule does shows, beside that it takes them. */
const treatedBy = ({ frontends }: Target, routed: readonly Asked[]): { edit: Edit; askers: readonly ClientScope[] }[] =>
  frontends
    .flatMap(({ rules }) => rules)
    .flatMap(({ action }, index) => {
      const { conditions, askers } = routed[index] ?? { conditions: [], askers: [] };
      const edits = [
        ...(action.cors ? corsEdits(action.cors) : []),
        ...(action.rewrite ? rewriteEdits(action.rewrite) : []),
      ];
      return edits.map(edit => ({ edit: all([meeting(conditions), edit]), askers }));
    });

/**
 * Requests that stand at the borders of every rule about a target, most telling first. Every caller sends a plain one,
 * one for each rule, and all that policies look at; the borders of routes are walked by those whom the routes concern.
 */
export const requestsFor = (target: Target): SampleRequest[] => {
  const tokens = target.authentications.flatMap(({ issuers }) => issuers.map(tokenOf));
  const routed = routedBy(target, tokens);
  const guarded = guardedBy(target, tokens);
  const issued: Asked[] = tokens.length > 0 ? [{ conditions: [tokenCondition(tokens)], askers: [] }] : [];
  const byAll: Edit[] = [
    draft => draft,
    ...[...routed, ...guarded].map(({ conditions }) => meeting(conditions)),
    ...[...guarded, ...issued].flatMap(({ conditions }) => aroundEach(conditions)),
    ...usualEdits,
    ...authorityEdits(target),
  ];
  const bySome = [
    ...treatedBy(target, routed),
    ...routed.flatMap(({ conditions, askers }) => aroundEach(conditions).map(edit => ({ edit, askers }))),
    ...pairs(routed),
  ];
  const byAllTogether = [
    ...pairs(guarded).map(({ edit }) => edit),
    ...routed.flatMap(route => guarded.flatMap(guard => atBoth(route, guard))),
  ];
  const found = new Map<string, SampleRequest>();
  for (const { edit, askers } of [...byAll.map(every), ...bySome, ...byAllTogether.map(every)]) {
    for (const base of baseDrafts(target)) {
      const draft = edit(base);
      const asked = { request: requestFrom(draft), ...(draft.dialled === undefined ? {} : { dialled: draft.dialled }) };
      const key = JSON.stringify(asked);
      if (!found.has(key)) found.set(key, { ...asked, ...(askers ? { askers } : {}) });
    }
  }
  return [...found.values()];
};

const every = (edit: Edit): { edit: Edit; askers?: readonly ClientScope[] } => ({ edit });
