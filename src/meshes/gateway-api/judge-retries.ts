import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { ActionContext, FieldOf } from '../../adapter/judge.ts';
import type { Retries, RetryCondition } from '../../model/capabilities/retries.ts';
import type { Judging } from './judging.ts';

/** Retries are a field of the experimental channel (GEP-1731): attempts of at least one, status codes, a wait. */
export const retryVerdict = (
  retry: FieldOf<Retries>,
  { action }: ActionContext,
  judging: Judging,
): Verdict<FieldOf<Retries>> => {
  if (action.retries?.max.value === 0) {
    return refused('retry-none', 'no retries are what a route does when it says nothing', { effect: 'none' });
  }
  const isDefault = retry.value.origin !== 'written';
  if (!judging.isExperimental) {
    return refused(
      isDefault ? 'retry-default' : 'retry-count',
      isDefault
        ? 'what is retried without being told is left to the mesh that honours the routes'
        : 'retries are an experimental field, and the target is not known to have it',
      isDefault
        ? {}
        : { workaround: 'install the CRDs of the experimental channel, or set retries in the mesh itself' },
    );
  }
  if (retry.field === 'max') return 'applied';
  if (retry.field === 'on') return conditionsVerdict(retry);
  if (retry.field === 'backoff') {
    const { baseMs, maxMs } = retry.value.value;
    if (maxMs === undefined) return 'applied';
    const value: FieldOf<Retries> = { field: 'backoff', value: { ...retry.value, value: { baseMs } } };
    return approximated(value, 'retry-backoff', 'the wait between tries has no upper bound');
  }
  return refused(`retry-${retry.field.toLowerCase()}`, 'a route has no field for it');
};

/** Retries go by status code; `5xx` in full would be a hundred of them, so those in use stand for it. */
const codesOf: Readonly<Partial<Record<RetryCondition, readonly number[]>>> = {
  '5xx': [500, 501, 502, 503, 504],
  'gateway-error': [502, 503, 504],
  'retriable-4xx': [409],
  'envoy-ratelimited': [429],
};

/** The codes in use that a wide range stands for. */
const usualCodes = [408, 409, 425, 429, 500, 501, 502, 503, 504];

/** A range with more codes than this is written as those in use. */
const narrow = 16;

/** The codes that stand for a condition, and whether they are all of it. A route takes those from 400 to 599. */
const codesFor = (condition: RetryCondition): { readonly codes: readonly number[]; readonly isAll: boolean } => {
  const range = /^status:(\d+)(?:-(\d+))?$/.exec(condition);
  if (!range) return { codes: codesOf[condition] ?? [], isAll: false };
  const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
  const [from, to] = [Math.max(first, 400), Math.min(last, 599)];
  const isAll = from === first && to === last && to - from < narrow;
  if (to - from >= narrow) return { codes: usualCodes.filter(code => code >= from && code <= to), isAll };
  return { codes: Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index), isAll };
};

const conditionsVerdict = (retry: FieldOf<Retries> & { field: 'on' }): Verdict<FieldOf<Retries>> => {
  const conditions = retry.value.value;
  const codes = [...new Set(conditions.flatMap(condition => codesFor(condition).codes))];
  const on = codes.map((code): RetryCondition => `status:${code}`);
  if (on.length === conditions.length && on.every((condition, at) => condition === conditions[at])) return 'applied';
  const value: FieldOf<Retries> = { field: 'on', value: { ...retry.value, value: on } };
  const lost = conditions.filter(condition => !codesFor(condition).isAll);
  return lost.length === 0
    ? approximated(value, 'retry-conditions', 'a range is written as the status codes in it', { effect: 'none' })
    : approximated(
        value,
        'retry-conditions',
        `only status codes are retried on; ${lost.join(', ')} are more than that`,
      );
};
