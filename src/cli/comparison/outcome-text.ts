import type { Aspect } from '../../verify/compare/comparison.ts';
import type { BackendShare, Outcome } from '../../verify/outcome.ts';

/** A part of an outcome in words. Equal words are left out where they say nothing about the difference. */
type Part = (outcome: Outcome) => string;

const decided: Part = ({ decision, status }) => `${decision}${status === undefined ? '' : ` with ${status}`}`;

const encryption: Readonly<Record<Outcome['encrypted'], string>> = {
  mtls: 'mutual TLS',
  tls: 'TLS',
  plaintext: 'plain text',
};

const protectedBy: Part = ({ decision, encrypted }) => (decision === 'forwarded' ? encryption[encrypted] : '');

const json = (value: unknown): string => JSON.stringify(value) ?? '';

const shareText = ({ service, subset, port, weight }: BackendShare): string =>
  `${weight / 1000} % to ${service}${subset ? ` (${subset})` : ''}${port === undefined ? '' : `:${port}`}`;

const milliseconds =
  (name: string, key: 'timeoutMs' | 'perTryTimeoutMs' | 'idleTimeoutMs'): Part =>
  outcome =>
    outcome[key] === undefined ? `no ${name}` : `${name} ${outcome[key]} ms`;

const named =
  (name: string, key: keyof Outcome): Part =>
  outcome =>
    outcome[key] === undefined ? `no ${name}` : `${name} ${json(outcome[key])}`;

const retries: Part = ({ retries: tries }) => {
  if (!tries || tries.max === 0) return 'no retries';
  const { max, on, ...rest } = tries;
  const more = Object.keys(rest).length > 0 ? ` ${json(rest)}` : '';
  return `up to ${max} retries on ${on.join(', ')}${more}`;
};

const mirrors: Part = outcome =>
  outcome.mirrors.map(({ percent, service }) => `${percent} % copied to ${service}`).join(', ') || 'no copies';

const parts: Readonly<Record<Aspect, readonly Part[]>> = {
  routing: [
    ({ backends }) => backends.map(shareText).join(', '),
    mirrors,
    named('rewrite', 'rewrite'),
    named('location', 'location'),
    named('body', 'body'),
    named('edits of the request', 'requestHeaders'),
    named('edits of the response', 'responseHeaders'),
  ],
  resilience: [
    milliseconds('timeout', 'timeoutMs'),
    milliseconds('timeout of each try', 'perTryTimeoutMs'),
    milliseconds('idle timeout', 'idleTimeoutMs'),
    retries,
    named('faults', 'faults'),
  ],
  access: [named('authorisers', 'authorisers')],
  encryption: [],
};

/** What differs of shares that look the same from afar: how each of them, or of the workloads behind them, answers. */
const closely: Part = ({ backends }) => backends.map(json).join(', ');

/** What is told in any case: who gets in, how well that is protected, and how a request ends that leads nowhere. */
const alwaysTold = (aspect: Aspect, outcomes: readonly Outcome[]): readonly Part[] => {
  if (aspect === 'access') return [decided];
  if (aspect === 'encryption') return [decided, protectedBy];
  return aspect === 'routing' && outcomes.some(({ backends }) => backends.length === 0) ? [decided] : [];
};

/** What each side makes of a request, in the words of the aspect in which the two differ. */
export const outcomeTexts = (aspect: Aspect, a: Outcome, b: Outcome): readonly [string, string] => {
  const always = alwaysTold(aspect, [a, b]);
  const differing = parts[aspect].filter(part => part(a) !== part(b));
  const isClear = [...always, ...differing].some(part => part(a) !== part(b));
  const told = [...always, ...(isClear ? differing : [closely])];
  const text = (outcome: Outcome): string =>
    told
      .map(part => part(outcome))
      .filter(words => words !== '')
      .join(', ');
  return [text(a), text(b)];
};
