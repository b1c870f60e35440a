import type { TextMatch } from '../../model/match.ts';
import { escapeRegex, rustRegex } from './regex.ts';

/**
 * A host name of a route as a match on the Host header: without regard to case, with or without a port (linkerd2-proxy
 * `http/route/src/http/match/host.rs`). `*.` stands for one or more labels.
 */
export const hostText = (host: string): TextMatch => {
  const name = host.startsWith('*.') ? `[^:]+${escapeRegex(host.slice(1))}` : escapeRegex(host);
  return { kind: 'regex', regex: rustRegex(`(?i)${name}(?::[0-9]+)?`) };
};

/** The host name that `hostText` makes this of; undefined for any other match. */
export const hostOfText = (match: TextMatch): string | undefined => {
  if (match.kind !== 'regex') return undefined;
  const name = /^\(\?i\)(.*)\(\?::\[0-9\]\+\)\?$/.exec(match.regex.pattern)?.[1];
  if (name === undefined) return undefined;
  const isWildcard = name.startsWith('[^:]+');
  const host = `${isWildcard ? '*' : ''}${(isWildcard ? name.slice('[^:]+'.length) : name).replace(/\\(.)/g, '$1')}`;
  return JSON.stringify(hostText(host)) === JSON.stringify(match) || match.regex.dialect !== 'rust' ? host : undefined;
};
