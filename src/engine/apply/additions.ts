import { isSame } from '../../base/same.ts';

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in `after` and not, or otherwise, in `before`: all that has to be said to make one of the other. */
export const additionsTo = (before: Mapping, after: Mapping): Mapping => {
  const added = Object.entries(after).flatMap(([key, value]): [string, unknown][] => {
    const known = before[key];
    if (value === undefined || isSame(known, value)) return [];
    return [[key, isMapping(known) && isMapping(value) ? additionsTo(known, value) : value]];
  });
  return Object.fromEntries(added);
};
