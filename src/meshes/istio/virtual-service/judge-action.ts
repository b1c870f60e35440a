import { approximated, refused, type Verdict, within } from '../../../adapter/disposition.ts';
import type { ActionContext, ActionJudge, FieldOf } from '../../../adapter/judge.ts';
import { regexVerdict } from '../../../adapter/re2.ts';
import { unique } from '../../../base/order.ts';
import type { Setting } from '../../../base/source.ts';
import type { Redirect } from '../../../model/capabilities/redirect.ts';
import type { Retries, RetryCondition } from '../../../model/capabilities/retries.ts';
import type { PathRewrite } from '../../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../../model/capabilities/timeouts.ts';

/** What concerns the way to a destination has no meaning for a rule that answers by itself. */
const sendsNothing = ({ action }: ActionContext) =>
  action.target.kind === 'forward'
    ? undefined
    : refused('nothing-sent', 'the rule answers by itself and sends nothing on', { effect: 'none' });

/** Shares are kept with four decimals. */
const percentOf = <T extends { readonly percent: Setting<number> }>(part: T): Verdict<T> => {
  const value = Math.floor(part.percent.value * 10_000) / 10_000;
  if (Math.abs(value - part.percent.value) < 1e-9) return 'applied';
  const rounded = { ...part, percent: { ...part.percent, value } };
  return approximated(rounded, 'percent-decimals', 'a share is kept with four decimals');
};

const timeoutVerdict = (timeout: FieldOf<Timeouts>): Verdict<FieldOf<Timeouts>> => {
  const { field, value } = timeout;
  if (field === 'idle') {
    return refused('timeout-idle', 'an idle timeout belongs to a destination, not to a route', {
      workaround: 'set connectionPool.http.idleTimeout in a DestinationRule',
    });
  }
  if (value.value === 0 || value.value >= 1) return 'applied';
  return approximated({ field, value: { ...value, value: 1 } }, 'timeout-short', 'no timeout is shorter than 1 ms');
};

const isKnownStatus = (status: number): boolean =>
  [100, 101, 102, 103, 226, 307, 308, 428, 429, 431, 451, 510, 511].includes(status) ||
  [
    [200, 208],
    [300, 305],
    [400, 418],
    [421, 426],
    [500, 508],
  ].some(([first = 0, last = 0]) => status >= first && status <= last);

/** Numbers that are no status of HTTP are read as words, which mean nothing. */
const isWritable = (condition: RetryCondition): boolean => {
  const status = /^status:(\d+)$/.exec(condition)?.[1];
  return status === undefined || isKnownStatus(Number(status));
};

/** A range has no word of its own: the statuses in it that HTTP defines are named one by one. */
const singleStatuses = (condition: RetryCondition): RetryCondition[] => {
  const [, first, last] = /^status:(\d+)-(\d+)$/.exec(condition) ?? [];
  if (first === undefined || last === undefined) return [condition];
  const statuses = Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  return statuses.filter(isKnownStatus).map(status => `status:${status}` as const);
};

const retryVerdict = (retry: FieldOf<Retries>): Verdict<FieldOf<Retries>> => {
  if (retry.field === 'budget') {
    return refused('retry-budget', 'a retry budget belongs to a destination, not to a route', {
      workaround: 'set trafficPolicy.retryBudget in a DestinationRule',
    });
  }
  if (retry.field === 'backoff' && retry.value.value.maxMs !== undefined) {
    const { baseMs } = retry.value.value;
    const value: FieldOf<Retries> = { field: 'backoff', value: { ...retry.value, value: { baseMs } } };
    return approximated(value, 'retry-backoff', 'how far the wait grows is the proxy’s choice, ten times the first');
  }
  if (retry.field === 'on') {
    const asked = retry.value.value;
    const left = unique(asked.flatMap(singleStatuses)).filter(isWritable);
    if (left.join() === asked.join()) return 'applied';
    const value: FieldOf<Retries> = { field: 'on', value: { ...retry.value, value: left } };
    return approximated(value, 'retry-status', 'statuses that HTTP does not define cannot be named');
  }
  return 'applied';
};

const redirectVerdict = (redirect: Redirect): Verdict<Redirect> => {
  const { status, scheme, hostname, port, portFrom, path } = redirect;
  if (![301, 302, 303, 307, 308].includes(status.value)) {
    return refused('redirect-status', `status ${status.value} is taken by the API, and then proxies refuse all routes`);
  }
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return refused('redirect-scheme', `a redirect leads to http or https, not to ${scheme}`);
  }
  if (path?.kind === 'regex') return refused('redirect-path', 'the path of a redirect is not made by an expression');
  const isEmpty = path === undefined || (path.kind !== 'segmentPrefix' && path.value === '');
  if (isEmpty && scheme === undefined && hostname === undefined && port === undefined && portFrom === undefined) {
    return refused('redirect-nowhere', 'a redirect has to lead somewhere else');
  }
  return 'applied';
};

/** A prefix that leaves nothing in its place is cut off, which only a rewrite can do. */
const redirectPathVerdict = (redirect: Redirect, { frontend, action }: ActionContext): Verdict<Redirect> => {
  const { path } = redirect;
  const isCut = path?.kind === 'segmentPrefix' && path.value.replace(/\/$/, '') === '';
  const byText = frontend.rules.some(rule => rule.action === action && rule.match.path?.kind === 'prefix');
  if (!isCut || !byText) return 'applied';
  const message = 'what the prefix took becomes a slash, also before a text that goes on without one';
  return approximated({ ...redirect, path: { kind: 'prefix', value: '/' } }, 'redirect-path', message);
};

const rewriteVerdict = (path: PathRewrite): Verdict<PathRewrite> => {
  if (path.kind !== 'regex') {
    return path.value === '' && path.kind === 'prefix'
      ? refused('rewrite-path-empty', 'a prefix cannot be replaced by nothing')
      : 'applied';
  }
  const verdict = regexVerdict({ pattern: path.pattern, dialect: 'pcre', anchoring: 'partial' });
  return within(verdict, () => path);
};

const grpcStatuses: ReadonlySet<string> = new Set(
  (
    'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED ' +
    'UNAUTHENTICATED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE ' +
    'DATA_LOSS'
  ).split(' '),
);

/** The API takes these for answers; a redirect or an answer of the proxy's own cannot be made to fail. */
const isStatus = (status: number): boolean => status >= 200 && status <= 599;

const faultElsewhere = ({ action }: ActionContext) =>
  action.target.kind === 'forward'
    ? undefined
    : refused('fault-answer', 'a rule that answers by itself cannot be made to fail or wait');

/** What a rule can do. */
export const actionJudge: ActionJudge = {
  backend: backend => {
    if (backend.kind !== 'nowhere' || backend.status === 503) return 'applied';
    const message = `what leads nowhere is answered with 503, not with ${backend.status}`;
    return approximated({ ...backend, status: 503 }, 'unknown-backend', message);
  },
  weights: weights =>
    weights.some(weight => weight > 0)
      ? 'applied'
      : refused('weights-zero', 'destinations of which none gets anything are refused by the API'),
  redirect: (redirect, at) => {
    const verdict = redirectVerdict(redirect);
    return verdict === 'applied' ? redirectPathVerdict(redirect, at) : verdict;
  },
  directResponse: response => {
    if (!isStatus(response.status)) return refused('direct-response-status', 'an answer has a status of 200 to 599');
    const isLarge = (response.body?.length ?? 0) > 1_000_000;
    return isLarge ? refused('direct-response-body', 'the body of an answer is at most 1 MB long') : 'applied';
  },
  timeout: (timeout, at) => sendsNothing(at) ?? timeoutVerdict(timeout),
  retry: (retry, at) => sendsNothing(at) ?? retryVerdict(retry),
  faultDelay: (delay, at) => {
    const elsewhere = faultElsewhere(at);
    if (elsewhere) return elsewhere;
    if (delay.ms >= 1) return percentOf(delay);
    return approximated({ ...delay, ms: 1 }, 'fault-delay-short', 'no delay is shorter than 1 ms');
  },
  faultAbort: (abort, at) => {
    const elsewhere = faultElsewhere(at);
    if (elsewhere) return elsewhere;
    const { status, grpcStatus } = abort;
    if (status !== undefined && !isStatus(status)) {
      return refused('fault-abort-status', 'a failure has a status of 200 to 599');
    }
    if (grpcStatus !== undefined && !grpcStatuses.has(grpcStatus)) {
      return refused('fault-abort-status', `\`${grpcStatus}\` is no status of gRPC`);
    }
    return percentOf(abort);
  },
  mirror: (mirror, at) => sendsNothing(at) ?? percentOf(mirror),
  cors: (cors, at) => {
    if (at.action.target.kind !== 'forward')
      return refused('cors', 'a proxy that answers by itself does nothing for other origins', {
        workaround: 'answer in a service, and let the rule send there',
      });
    const { maxAgeSeconds, ...rest } = cors;
    if (maxAgeSeconds === undefined || (Number.isInteger(maxAgeSeconds) && maxAgeSeconds > 0)) return 'applied';
    const whole = Math.floor(maxAgeSeconds);
    const value = whole > 0 ? { ...rest, maxAgeSeconds: whole } : rest;
    return approximated(value, 'cors-max-age', 'how long an answer may be kept is said in whole seconds, from one on');
  },
  headerEdits: (edits, at) => {
    if (at.of === 'request') {
      const nothing = sendsNothing(at);
      if (nothing) return nothing;
    }
    const names = [...Object.keys(edits.set ?? {}), ...Object.keys(edits.add ?? {}), ...(edits.remove ?? [])];
    const internal = names.find(name => name.startsWith(':') && name !== ':authority');
    return internal === undefined
      ? 'applied'
      : refused('header-edits-pseudo', `proxies do not touch \`${internal}\` when they edit headers`);
  },
  rewriteHost: (_, at) => sendsNothing(at) ?? 'applied',
  rewritePath: (path, at) => sendsNothing(at) ?? rewriteVerdict(path),
};
