import type { PathMatch, Repeated, TextMatch } from '../model/match.ts';
import type { PathNormalization } from '../model/mesh.ts';
import type { Token } from './request.ts';

/**
 * A yes-or-no question that a proxy puts to one part of a request while it decides what to do with it. The answer to a
 * request is a function of the answers to its inquiries: two requests that are asked the same and answer the same are
 * treated alike, but for values that are copied from them (a rewritten path, a location). The exact comparison rests on
 * this, so whatever looks at a request reports it here.
 */
export interface Inquiry {
  readonly part: Part;
  /** Tells this question from others about the same part. */
  readonly by: object | string;
  readonly asks: Asks;
  readonly holds: boolean;
}

/** What the sender chooses freely and apart from everything else. */
export type Part =
  | 'path'
  | 'method'
  | 'host'
  | 'sni'
  | 'address'
  | 'token'
  | `header ${string}`
  | `query ${string}`
  /** Steps of the claim path, joined by `/`. */
  | `claim ${string}`
  /** Something that several parts make together, or that a hop made of one. */
  | 'beyond';

/**
 * A question about one text. `template`: a path with `{*}` for a segment and `{**}` for any number of them. `rewritten`: the
 * text begins with `from`, and passes when `to` stands in its place.
 */
export type TextTest =
  | TextMatch
  | PathMatch
  | { readonly kind: 'template'; readonly template: string }
  | { readonly kind: 'rewritten'; readonly from: string; readonly to: string; readonly test: TextTest };

/** Whether a test is one of those that are written for any text, and not for paths only. */
export const isPlainText = (test: TextTest): test is TextMatch =>
  test.kind !== 'template' && test.kind !== 'segmentPrefix' && test.kind !== 'rewritten';

/** A question about the values of one name, of which there may be none. */
export type ValuesTest =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'some';
      readonly match: TextTest;
      readonly repeated: Repeated;
      /** The values of a query parameter are decoded first. */
      readonly decoded?: boolean;
    };

export type Asks =
  | {
      readonly kind: 'text';
      readonly test: TextTest;
      /** How the proxy that asks has made the path tidy before. */
      readonly tidied?: PathNormalization;
    }
  | { readonly kind: 'values'; readonly test: ValuesTest }
  /** One value out of a few that matter: an address, a name. `hints` hold one of every kind that this test tells apart. */
  | {
      readonly kind: 'one';
      /** Holds for every request to this place; one that answers otherwise is a request to another. */
      readonly bound?: true;
      readonly accepts: (value: string | undefined) => boolean;
      readonly hints: readonly string[];
      /** What is asked of the value, where that is all: whoever may choose it freely can find one. */
      readonly text?: TextMatch;
    }
  | {
      readonly kind: 'token';
      /** Questions of one topic give the same hints. */
      readonly topic: string;
      readonly accepts: (token: Token | undefined) => boolean;
      readonly hints: (plain: Token) => readonly (Token | undefined)[];
    }
  /** Nobody can say which requests answer otherwise. */
  | { readonly kind: 'beyond'; readonly why: string };

/** How a hop changed the path: the text that the rule took, and what stands in its place. */
export interface PathStep {
  readonly from: string;
  readonly to: string;
}

/** What the hops before have made of a request. What they have set is no longer the sender's to choose. */
export interface Touched {
  /** `set`: the same for every request that comes here; `beyond`: made by an expression. */
  readonly path?: 'set' | 'beyond' | readonly PathStep[];
  readonly host?: true;
  readonly headers?: ReadonlyMap<string, 'set' | 'added'>;
  /** A hop has verified the token and kept it. */
  readonly token?: true;
  /** The other end of the connection is a hop and not the sender. */
  readonly address?: true;
}

const startsWith = (text: string, start: string, ignoreCase: boolean | undefined): boolean =>
  ignoreCase ? text.toLowerCase().startsWith(start.toLowerCase()) : text.startsWith(start);

/**
 * The question about the path before a step that asks the same as a question about the path after it, among paths that
 * the step takes; `true` and `false` where it no longer depends on the path.
 */
export const beforeStep = (test: TextTest, { from, to }: PathStep): TextTest | boolean => {
  switch (test.kind) {
    case 'present':
      return true;
    case 'exact': {
      if (!startsWith(test.value, to, test.ignoreCase)) return false;
      return { ...test, value: from + test.value.slice(to.length) };
    }
    case 'prefix': {
      if (startsWith(to, test.value, test.ignoreCase)) return true;
      if (!startsWith(test.value, to, test.ignoreCase)) return false;
      return { ...test, value: from + test.value.slice(to.length) };
    }
    case 'segmentPrefix': {
      if (test.value === '' || startsWith(to, `${test.value}/`, test.ignoreCase)) return true;
      if (!startsWith(test.value, to, test.ignoreCase)) return { kind: 'rewritten', from, to, test };
      return { ...test, value: from + test.value.slice(to.length) };
    }
    default:
      return { kind: 'rewritten', from, to, test };
  }
};
