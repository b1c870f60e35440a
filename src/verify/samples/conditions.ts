import type { AccessClause, AccessCondition, AccessValue } from '../../model/capabilities/access.ts';
import type { Cors } from '../../model/capabilities/cors.ts';
import type { Rewrite } from '../../model/capabilities/rewrite.ts';
import type { HeaderMatch, Match, TextMatch } from '../../model/match.ts';
import { plainToken, type Token } from '../request.ts';
import { type Edit, withHeader, withPath, withQuery, withToken } from './draft.ts';
import { regexTexts } from './regex-texts.ts';
import { addressIn, concreteHost, pathValues, textValues } from './text-values.ts';

/** What a rule asks of one part of a request, as changes that satisfy it and changes that stand around it. */
export interface Condition {
  /** The part of the request; changes of one part replace each other. */
  readonly part: string;
  readonly inside: Edit;
  readonly around: readonly Edit[];
}

const condition = (part: string, [inside, ...around]: readonly Edit[]): Condition => ({
  part,
  inside: inside ?? (draft => draft),
  around,
});

const unchanged: Edit = draft => draft;

/** A method that nobody writes a rule about. */
const otherMethod = 'TRACE';

const methodCondition = (match: TextMatch): Condition =>
  condition(
    'method',
    [...textValues(match), otherMethod].map(method => draft => ({ ...draft, method })),
  );

const authorityCondition = (match: TextMatch): Condition =>
  condition(
    'authority',
    textValues(match).flatMap(authority => [
      draft => ({ ...draft, authority }),
      draft => ({ ...draft, authority: `${authority}:80` }),
    ]),
  );

/** Absent, present, empty, other, repeated in either order, and joined. */
const headerEdits = (name: string, match: TextMatch): Edit[] => {
  const [first, ...rest] = textValues(match);
  return [
    withHeader(name, first),
    withHeader(name),
    withHeader(name, ''),
    ...rest.map(value => withHeader(name, value)),
    withHeader(name, first, 'other'),
    withHeader(name, 'other', first),
    withHeader(name, `${first},other`),
  ];
};

const headerCondition = (match: HeaderMatch): Condition => {
  const { name, inverted } = match;
  if (name === ':authority' || name === 'host') return authorityCondition(match.match);
  if (name === ':method') return methodCondition(match.match);
  if (name === ':path') return condition('path', textValues(match.match).map(withPath));
  const [taken, absent, ...others] = headerEdits(name, match.match);
  const order = inverted ? [absent, ...others, taken] : [taken, absent, ...others];
  return condition(
    `header ${name}`,
    order.filter(edit => edit !== undefined),
  );
};

const queryConditions = (match: Match): Condition[] =>
  (match.query ?? []).map(({ name, match: value }) => {
    const [first, ...rest] = textValues(value);
    return condition(`query ${name}`, [
      withQuery(name, first),
      withQuery(name),
      withQuery(name, ''),
      ...rest.map(text => withQuery(name, text)),
      withQuery(name, encodeURIComponent(`${first} `).replace('%20', ''), 'other'),
      withQuery(name, 'other', first),
      withQuery(
        name,
        first.replace(/[a-zA-Z0-9]/, c => `%${c.charCodeAt(0).toString(16)}`),
      ),
    ]);
  });

const claimAt = (path: readonly string[], value: string): Record<string, unknown> => {
  const [step = '', ...rest] = path;
  return { [step]: rest.length === 0 ? value : claimAt(rest, value) };
};

/** A change of the token that is there, so that several claims can be asked for at once. */
const changed =
  (base: Token, change: (token: Token) => Token): Edit =>
  draft =>
    withToken(change(draft.token ?? base))(draft);

const tokenEdits = (tokens: readonly Token[], change: (token: Token) => Token): Edit[] => {
  const [first = plainToken, ...rest] = tokens;
  return [
    changed(first, change),
    withToken(undefined),
    withToken(first),
    changed(first, token => ({ ...change(token), valid: false })),
    ...rest.map(token => withToken(change(token))),
  ];
};

const claimConditions = (match: Match, tokens: readonly Token[]): Condition[] =>
  (match.claims ?? []).map(({ path, match: value, inverted }) => {
    const edits = textValues(value).flatMap(text =>
      tokenEdits(tokens, token => ({ ...token, claims: { ...token.claims, ...claimAt(path, text) } })).slice(0, 3),
    );
    return condition(`token ${path.join('/')}`, inverted ? edits.toReversed() : edits);
  });

const outsideEveryRange = '203.0.113.77';

const addressConditions = (ranges: readonly string[]): Edit[] => [
  ...ranges.map(
    (range): Edit =>
      draft => ({ ...draft, sourceAddress: addressIn(range) }),
  ),
  draft => ({ ...draft, sourceAddress: outsideEveryRange }),
];

/** What an ordinary match asks of a request. What it asks of the caller or the port is no part of a request. */
export const matchConditions = (match: Match, tokens: readonly Token[]): Condition[] => [
  ...(match.path ? [condition('path', pathValues(match.path).map(withPath))] : []),
  ...(match.method ? [methodCondition(match.method)] : []),
  ...(match.scheme
    ? [
        condition(
          'header x-forwarded-proto',
          ['http', 'https'].map(text => withHeader('x-forwarded-proto', text)),
        ),
      ]
    : []),
  ...(match.authority ? [authorityCondition(match.authority)] : []),
  ...(match.headers ?? []).map(headerCondition),
  ...queryConditions(match),
  ...claimConditions(match, tokens),
  ...(match.sni
    ? [
        condition('sni', [
          ...match.sni.map(
            (name): Edit =>
              draft => ({ ...draft, sni: concreteHost(name) }),
          ),
          draft => ({ ...draft, sni: 'unknown.example' }),
        ]),
      ]
    : []),
  ...(match.addresses
    ? [
        condition('dialled', [
          ...match.addresses.map(
            (range): Edit =>
              draft => ({ ...draft, dialled: addressIn(range) }),
          ),
          draft => ({ ...draft, dialled: outsideEveryRange }),
        ]),
      ]
    : []),
  ...(match.caller?.addresses ? [condition('sourceAddress', addressConditions(match.caller.addresses))] : []),
];

const asText = (value: AccessValue): TextMatch | undefined => {
  switch (value.kind) {
    case 'serviceAccount':
    case 'spiffe':
    case 'addresses':
    case 'port':
      return undefined;
    case 'pathTemplate':
      return { kind: 'exact', value: value.template.replaceAll('{**}', 'a/b').replaceAll('{*}', 'a') };
    default:
      return value;
  }
};

const accessTexts = ({ values }: AccessCondition): TextMatch[] => values.flatMap(value => asText(value) ?? []);

const headerOf = (attribute: string): string | undefined => /^request\.header:(.*)$/.exec(attribute)?.[1];
const claimOf = (attribute: string): string | undefined => /^token\.claim:(.*)$/.exec(attribute)?.[1];

const tokenChange = (attribute: string, value: string): ((token: Token) => Token) | undefined => {
  const claim = claimOf(attribute);
  if (claim !== undefined)
    return token => ({ ...token, claims: { ...token.claims, ...claimAt(claim.split('/'), value) } });
  if (attribute === 'token.audience') return token => ({ ...token, audiences: [value] });
  if (attribute === 'token.presenter') return token => ({ ...token, presenter: value });
  if (attribute !== 'token.principal') return undefined;
  const slash = value.lastIndexOf('/');
  return slash < 0
    ? token => token
    : token => ({ ...token, issuer: value.slice(0, slash), subject: value.slice(slash + 1) });
};

/** What a condition of an access rule asks of a request; undefined if it asks about the caller or the connection. */
const accessCondition = (asked: AccessCondition, tokens: readonly Token[]): Condition | undefined => {
  const { attribute, negated } = asked;
  const turn = (made: Condition): Condition =>
    negated ? { ...made, inside: made.around.at(-1) ?? unchanged, around: [made.inside, ...made.around] } : made;
  const matches = accessTexts(asked);
  const join = (make: (match: TextMatch) => Condition): Condition | undefined => {
    const [first, ...rest] = matches.map(make);
    return (
      first &&
      turn({ ...first, around: [...first.around, ...rest.flatMap(({ inside, around }) => [inside, ...around])] })
    );
  };
  const header = headerOf(attribute);
  if (header !== undefined) {
    return join(match =>
      headerCondition({ name: header, match, inverted: false, missing: 'noMatch', repeated: 'any' }),
    );
  }
  if (attribute === 'request.path') {
    return join(match => {
      const texts = textValues(match);
      const paths =
        match.kind === 'exact' || match.kind === 'prefix' ? pathValues({ ...match, kind: match.kind }) : texts;
      return condition('path', paths.map(text => (text.startsWith('/') ? text : `/${text}`)).map(withPath));
    });
  }
  if (attribute === 'request.method') return join(methodCondition);
  if (attribute === 'request.host') return join(authorityCondition);
  if (attribute === 'peer.address' || attribute === 'client.address') {
    const ranges = asked.values.flatMap(value =>
      value.kind === 'addresses' ? [value.cidr, ...(value.except ?? [])] : [],
    );
    const forwarded = ranges.map(range => withHeader('x-forwarded-for', addressIn(range)));
    return turn(condition('sourceAddress', [...addressConditions(ranges), ...forwarded]));
  }
  if (attribute.startsWith('token.')) {
    return join(match =>
      condition(
        `token ${attribute}`,
        textValues(match).flatMap(text => tokenEdits(tokens, tokenChange(attribute, text) ?? (token => token))),
      ),
    );
  }
  return undefined;
};

/** What a clause of an access rule asks of a request. */
export const clauseConditions = ({ conditions, request }: AccessClause, tokens: readonly Token[]): Condition[] => [
  ...conditions.flatMap(asked => accessCondition(asked, tokens) ?? []),
  ...(request ? matchConditions(request, tokens) : []),
];

/** Requests that cross-origin rules answer, decorate or leave alone. */
export const corsEdits = (cors: Cors): Edit[] => {
  const origins = ['https://stranger.example', ...cors.allowOrigins.flatMap(origin => textValues(origin).slice(0, 3))];
  return origins.flatMap(origin => [
    withHeader('origin', origin),
    draft => ({
      ...withHeader('access-control-request-method', 'PUT')(withHeader('origin', origin)(draft)),
      method: 'OPTIONS',
    }),
  ]);
};

/** Paths on which a rewrite by expression finds something to replace. */
export const rewriteEdits = ({ path }: Rewrite): Edit[] =>
  path?.kind === 'regex'
    ? regexTexts(path.pattern).flatMap((text): Edit[] => [
        ...(text.startsWith('/') ? [withPath(text)] : []),
        draft => ({ ...draft, path: `${draft.path.replace(/\/$/, '')}/${text.replace(/^\//, '')}` }),
      ])
    : [];
