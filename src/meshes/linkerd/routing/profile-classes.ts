import type { Field } from '../../../base/field.ts';
import type { RetryCondition } from '../../../model/capabilities/retries.ts';

type Test = (status: number) => boolean;

/**
 * Which statuses a ServiceProfile route takes for failures, as ranges: the first response class that fits decides, and
 * where none fits 500 and above fail (linkerd2-proxy `classify`). Undefined if a class has no condition.
 */
export const failingStatuses = (classes: readonly Field[]): readonly RetryCondition[] | undefined => {
  const tests = classes.map(field => ({
    fits: readStatuses(field.at('condition')),
    fails: field.boolean('isFailure') ?? false,
  }));
  if (tests.some(({ fits }) => !fits)) return undefined;
  const fails: Test = status => tests.find(({ fits }) => fits?.(status))?.fails ?? status >= 500;
  const ranges: [number, number][] = [];
  for (let status = 100; status <= 599; status++) {
    if (!fails(status)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === status - 1) last[1] = status;
    else ranges.push([status, status]);
  }
  return ranges.map(
    ([first, last]): RetryCondition => (first === last ? `status:${first}` : `status:${first}-${last}`),
  );
};

/** `status.{min,max}`, `all`, `any`, `not`; an absent end of a range is that of all statuses. */
const readStatuses = (field: Field | undefined): Test | undefined => {
  if (!field) return undefined;
  const range = field.at('status');
  const tests: (Test | undefined)[] = [];
  if (range) {
    const [min, max] = [range.number('min') || 100, range.number('max') || 599];
    tests.push(status => status >= min && status <= max);
  }
  tests.push(...field.list('all').map(readStatuses));
  if (field.has('any')) {
    const options = field.list('any').map(readStatuses);
    tests.push(options.some(option => !option) ? undefined : status => options.some(option => option?.(status)));
  }
  if (field.has('not')) {
    const inner = readStatuses(field.at('not'));
    tests.push(inner && (status => !inner(status)));
  }
  if (tests.length === 0 || tests.some(test => !test)) return undefined;
  return status => tests.every(test => test?.(status));
};
