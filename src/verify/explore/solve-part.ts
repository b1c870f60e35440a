import type { Asks, Inquiry, Part } from '../inquiry.ts';
import { type Domain, pathDomainFor } from '../language/domain.ts';
import { solve } from '../language/solve.ts';
import { solveSequence } from '../language/solve-sequence.ts';
import { plainToken, type Token } from '../request.ts';

import { type Draft, type Edit, withHeader, withPath, withQuery, withToken } from '../samples/draft.ts';

/** A question and the answer that is wanted of it. */
export type Wanted = Pick<Inquiry, 'part' | 'asks' | 'holds'>;

/** What to make of one part of a request so that it answers as wanted; or that nothing will; or that nobody can tell. */
export type Solved =
  | { readonly kind: 'edit'; readonly edit: Edit }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string };

const none: Solved = { kind: 'none' };
const unknown = (why: string): Solved => ({ kind: 'unknown', why });

type Of<K extends Asks['kind']> = Extract<Asks, { kind: K }>;

const only = <K extends Asks['kind']>(
  kind: K,
  wanted: readonly Wanted[],
): { asks: Of<K>; holds: boolean }[] | undefined =>
  wanted.every(({ asks }) => asks.kind === kind) ? (wanted as unknown as { asks: Of<K>; holds: boolean }[]) : undefined;

/** Paths that no proxy which asks changes before it asks. */
const pathDomain = (wanted: readonly Wanted[]): Domain =>
  pathDomainFor(wanted.flatMap(({ asks }) => (asks.kind === 'text' && asks.tidied ? asks.tidied : [])));

const domainOf = (part: Part): Domain => {
  if (part === 'method') return part;
  if (part.startsWith('header ')) return 'header';
  return part.startsWith('query ') ? 'query' : 'text';
};

/** Values at a claim path, inside what other paths hold. */
const claimsWith = (
  claims: Readonly<Record<string, unknown>>,
  [step = '', ...rest]: readonly string[],
  values: readonly string[],
): Record<string, unknown> => {
  const { [step]: before, ...others } = claims;
  if (rest.length > 0) {
    const inner = typeof before === 'object' && before !== null ? (before as Record<string, unknown>) : {};
    return { ...others, [step]: claimsWith(inner, rest, values) };
  }
  if (values.length === 0) return others;
  return { ...others, [step]: values.length === 1 ? values[0] : values };
};

const withValues = (draft: Draft, part: Part, values: readonly string[]): Draft => {
  const name = part.slice(part.indexOf(' ') + 1);
  if (part.startsWith('header ')) return withHeader(name, ...values)(draft);
  if (part.startsWith('query ')) return withQuery(name, ...values)(draft);
  if (!draft.token && values.length === 0) return draft;
  const token = draft.token ?? plainToken;
  return { ...draft, token: { ...token, claims: claimsWith(token.claims, name.split('/'), values) } };
};

/** The names by which the place is called, and spellings of them; texts of names that somebody asks about. */
export interface Names {
  readonly hosts: readonly (string | undefined)[];
}

const withOne = (draft: Draft, part: Part, value: string | undefined): Draft => {
  const key = part === 'host' ? 'authority' : part === 'sni' ? 'sni' : 'sourceAddress';
  if (part.startsWith('header '))
    return withHeader(part.slice('header '.length), ...(value === undefined ? [] : [value]))(draft);
  const { [key]: _, ...rest } = draft;
  return value === undefined ? (rest as Draft) : { ...(rest as Draft), [key]: value };
};

const beyondEveryRange = '203.0.113.77';

const solveOne = (
  part: Part,
  wanted: readonly { asks: Of<'one'>; holds: boolean }[],
  draft: Draft,
  names: Names,
): Solved => {
  if (part === 'sni' && draft.protocol !== 'tls' && draft.scheme !== 'https') return none;
  const hints = wanted.flatMap(({ asks }) => asks.hints);
  const usual: readonly (string | undefined)[] =
    part === 'host' ? names.hosts : part === 'sni' ? [undefined, 'unknown.example'] : [undefined, beyondEveryRange];
  for (const value of [...usual, ...hints]) {
    if (wanted.every(({ asks, holds }) => asks.accepts(value) === holds))
      return { kind: 'edit', edit: made => withOne(made, part, value) };
  }
  const texts = wanted.flatMap(({ asks, holds }) => (asks.text ? [{ test: asks.text, holds }] : []));
  return part === 'host' && texts.length === wanted.length ? solveHost(texts) : none;
};

/** Where routes are found by the address that is dialled, the Host is free to say anything. */
const solveHost = (wanted: Parameters<typeof solve>[1]): Solved => {
  const found = solve('host', wanted);
  return found.kind === 'text' ? { kind: 'edit', edit: made => withOne(made, 'host', found.text) } : found;
};

/** How many tokens are tried at most. */
const tokensTried = 200;

/**
 * Tokens are made of what the questions hint at: each hint is applied to every token found so far, so that a token may
 * take one thing from each question.
 */
const solveToken = (wanted: readonly { asks: Of<'token'>; holds: boolean }[], draft: Draft): Solved => {
  const fits = (token: Token | undefined): boolean => wanted.every(({ asks, holds }) => asks.accepts(token) === holds);
  const solved = (token: Token | undefined): Solved => ({ kind: 'edit', edit: withToken(token) });
  if (fits(undefined)) return solved(undefined);
  const tried: Token[] = [{ ...plainToken, claims: draft.token?.claims ?? plainToken.claims }];
  const known = new Set(tried.map(token => JSON.stringify(token)));
  const hints = [...new Map(wanted.map(({ asks }) => [asks.topic, asks.hints])).values()];
  for (const hint of hints) {
    for (const token of [...tried]) {
      if (fits(token)) return solved(token);
      for (const candidate of hint(token)) {
        if (!candidate || known.size >= tokensTried) continue;
        const text = JSON.stringify(candidate);
        if (known.has(text)) continue;
        known.add(text);
        tried.push(candidate);
      }
    }
  }
  const token = tried.find(fits);
  if (token) return solved(token);
  return known.size < tokensTried ? none : unknown('its token rules tell too many tokens apart');
};

/**
 * A header whose line is one value out of a few, and of which it is asked besides whether it is there: the addresses for
 * whom a request was forwarded. Undefined: more is asked.
 */
const solveLine = (part: Part, wanted: readonly Wanted[]): Solved | undefined => {
  const ones = wanted.flatMap(({ asks, holds }) => (asks.kind === 'one' ? { asks, holds } : []));
  const absences = wanted.flatMap(({ asks, holds }) =>
    asks.kind === 'values' && asks.test.kind === 'absent' ? { holds } : [],
  );
  if (ones.length + absences.length < wanted.length) return undefined;
  for (const value of [undefined, beyondEveryRange, ...ones.flatMap(({ asks }) => asks.hints)]) {
    const isMeant =
      absences.every(({ holds }) => (value === undefined) === holds) &&
      ones.every(({ asks, holds }) => asks.accepts(value) === holds);
    if (isMeant) return { kind: 'edit', edit: made => withOne(made, part, value) };
  }
  return none;
};

/** Finds how to change one part of a request so that it answers all questions to this part as wanted. */
export const solvePart = (part: Part, wanted: readonly Wanted[], draft: Draft, names: Names): Solved => {
  const texts = only('text', wanted);
  if (texts) {
    const found = solve(
      part === 'path' ? pathDomain(wanted) : domainOf(part),
      texts.map(({ asks, holds }) => ({ test: asks.test, holds })),
    );
    if (found.kind !== 'text') return found;
    const { text } = found;
    return { kind: 'edit', edit: part === 'path' ? withPath(text) : made => ({ ...made, method: text }) };
  }
  const values = only('values', wanted);
  if (values) {
    const found = solveSequence(
      domainOf(part),
      values.map(({ asks, holds }) => ({ test: asks.test, holds })),
    );
    if (found.kind !== 'values') return found;
    return { kind: 'edit', edit: made => withValues(made, part, found.values) };
  }
  const ones = only('one', wanted);
  if (ones) return solveOne(part, ones, draft, names);
  const tokens = only('token', wanted);
  if (tokens) return solveToken(tokens, draft);
  const lined = part.startsWith('header ') ? solveLine(part, wanted) : undefined;
  if (lined) return lined;
  const beyond = wanted.find(({ asks }) => asks.kind === 'beyond');
  return unknown(beyond?.asks.kind === 'beyond' ? beyond.asks.why : `\`${part}\` is asked about in two ways`);
};
