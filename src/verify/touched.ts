import type { PathStep, Touched } from './inquiry.ts';
import type { HeaderChange } from './outcome.ts';

/** What a rule makes of the path: the same for all, a step, something that only the expression knows, or nothing. */
export type PathTouch = 'set' | 'beyond' | PathStep;

const pathTouched = (before: Touched['path'], now: PathTouch | undefined): Touched['path'] => {
  if (now === undefined || before === 'set') return now === 'set' ? 'set' : before;
  if (now === 'set') return 'set';
  if (now === 'beyond' || before === 'beyond') return 'beyond';
  return [...(before ?? []), now];
};

const isHost = (name: string): boolean => name === 'host' || name === ':authority';

/** What has become of a request after one more hop. */
export const touchedBy = (
  before: Touched | undefined,
  { step, edits, setsHost }: { step: PathTouch | undefined; edits: HeaderChange | undefined; setsHost: boolean },
): Touched | undefined => {
  if (!step && !edits && !setsHost) return before;
  const headers = new Map(before?.headers);
  for (const name of Object.keys(edits?.add ?? {})) if (headers.get(name) !== 'set') headers.set(name, 'added');
  for (const name of [...Object.keys(edits?.set ?? {}), ...(edits?.remove ?? [])]) headers.set(name, 'set');
  const path = pathTouched(before?.path, step);
  const host = setsHost || before?.host || Object.keys(edits?.set ?? {}).some(isHost);
  return { ...before, ...(path ? { path } : {}), ...(host ? { host: true } : {}), headers };
};
