import type { PathMatch, Regex, TextMatch } from '../../model/match.ts';
import { regexTexts } from './regex-texts.ts';

/** Values at the border of a condition: the first is taken by it where one can be found, the others stand around. */
export type Values = readonly [string, ...string[]];

const swapCase = (text: string): string =>
  text.replace(/[a-zA-Z]/g, c => (c < 'a' ? c.toLowerCase() : c.toUpperCase()));

const shorter = (text: string): string => text.slice(0, -1);

const around = (text: string): string[] => [`${text}x`, shorter(text), swapCase(text), `x${text}`];

const atLeastOne = (texts: readonly string[], otherwise: string): Values => {
  const [first = otherwise, ...rest] = [...new Set(texts)];
  return [first, ...rest];
};

const regexValues = ({ pattern }: Regex): Values => {
  const texts = regexTexts(pattern);
  return atLeastOne([...texts, ...texts.slice(0, 2).flatMap(around)], pattern);
};

export const textValues = (match: TextMatch): Values => {
  switch (match.kind) {
    case 'present':
      return ['any', ''];
    case 'exact':
      return atLeastOne([match.value, ...around(match.value), ''], '');
    case 'prefix':
      return atLeastOne([match.value, `${match.value}x`, shorter(match.value), swapCase(match.value)], '');
    case 'suffix':
      return atLeastOne([`x${match.value}`, match.value, `${match.value}x`, swapCase(match.value)], '');
    case 'regex':
      return regexValues(match.regex);
  }
};

const absolute = (text: string): string => (text.startsWith('/') ? text : `/${text}`);

/** The same path, written so that only a proxy that normalises takes it for the same. */
export const disguised = (path: string): string[] => [
  `/.${path}`,
  `/${path}`,
  path.replace(/[a-zA-Z]/, c => `%${c.charCodeAt(0).toString(16)}`),
];

export const pathValues = (match: PathMatch): Values => {
  if (match.kind === 'regex') {
    const [first, ...rest] = regexValues(match.regex);
    return [absolute(first), ...rest.map(absolute)];
  }
  const path = absolute(match.value);
  const bare = path.replace(/\/$/, '');
  const kin = [path, bare || '/', `${bare}/`, `${bare}/x`, `${bare}x`, shorter(path), swapCase(path)];
  return atLeastOne([...kin.map(absolute), ...disguised(path)], '/');
};

/** A name that the host pattern takes. */
export const concreteHost = (pattern: string): string => {
  if (pattern === '*') return 'any.example';
  return pattern.startsWith('*') ? `any${pattern.slice(1)}` : pattern;
};

/** An address inside a range. */
export const addressIn = (cidr: string): string => cidr.replace(/\/.*$/, '');
