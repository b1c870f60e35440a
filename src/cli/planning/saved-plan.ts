import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSame } from '../../base/same.ts';
import { findFiles, readBytes, stdinName } from '../../store/files/find.ts';
import { ioError } from '../../store/io-error.ts';
import { UserError } from '../exit.ts';
import { findStore } from '../stores/store-place.ts';
import { planFields } from './document.ts';
import type { Inputs } from './inputs.ts';
import type { PlanningOptions } from './options.ts';
import type { Planned } from './planned.ts';

/** A plan in a file: everything that `plan -o json` prints, what it was asked for, and the state that it was made from. */
interface SavedPlan {
  readonly apiVersion: string;
  readonly kind: 'Plan';
  readonly steps: readonly unknown[];
  readonly asked: Omit<PlanningOptions, 'output' | 'accept'> & { readonly accept: readonly string[] };
  /** A digest or version of each thing that was read. */
  readonly inputs: Readonly<Record<string, string>>;
}

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Each file that is read, by its absolute path, and each object of the store with its version. */
const stateOf = ({ filename, to }: PlanningOptions, { target }: Inputs): Readonly<Record<string, string>> => {
  const named = findFiles(filename).map(file => resolve(file));
  const there = to === undefined ? [] : Object.keys(target.state).map(file => resolve(file));
  const files = [...new Set([...named, ...there])].sort().map(file => [file, digestOf(readBytes(file))] as const);
  const stored = to === undefined ? Object.entries(target.state) : [];
  return Object.fromEntries([...files, ...stored]);
};

export const savePlan = async (file: string, planned: Planned, options: PlanningOptions): Promise<void> => {
  const { filename, mesh, owner, to, adopt, accept, forceConflicts } = options;
  if (filename.includes(stdinName)) throw new UserError('--out: what came from standard input cannot be read again');
  const place = to === undefined ? findStore(options.store) : undefined;
  const saved: SavedPlan = {
    apiVersion: 'cli.supergloo.dev/v1',
    kind: 'Plan',
    ...(await planFields(planned)),
    steps: await stepsOf(planned),
    asked: {
      filename: filename.map(path => resolve(path)),
      mesh,
      owner,
      adopt,
      accept,
      ...(to === undefined ? {} : { to: resolve(to) }),
      ...(place ? { store: resolve(place.path) } : {}),
      ...(forceConflicts ? { forceConflicts } : {}),
    },
    inputs: stateOf(options, planned.inputs),
  };
  try {
    writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`);
  } catch (cause) {
    throw ioError(file, 'cannot be written', cause);
  }
};

/** The steps without where they are written, which depends on how the files were named. */
const stepsOf = async (planned: Planned): Promise<readonly unknown[]> => {
  const { steps } = (await planFields(planned)) as { readonly steps: readonly Record<string, unknown>[] };
  return steps.map(({ source: _, ...step }) => step);
};

export const readSavedPlan = (file: string): SavedPlan => {
  const broken = (why: string): UserError => new UserError(`\`${file}\` is no saved plan: ${why}`, 'failed');
  let saved: Partial<SavedPlan>;
  try {
    saved = JSON.parse(readFileSync(file, 'utf8')) as Partial<SavedPlan>;
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error));
  }
  if (saved?.kind !== 'Plan' || !saved.asked || !saved.inputs || !saved.steps)
    throw broken('make one with `supergloo plan --out FILE`');
  return saved as SavedPlan;
};

/** How many changes are named. */
const shown = 10;

/** Refuses a plan when anything that it was made from is different now. */
export const checkInputs = (saved: SavedPlan, options: PlanningOptions, inputs: Inputs): void => {
  const now = stateOf(options, inputs);
  const names = [...new Set([...Object.keys(saved.inputs), ...Object.keys(now)])].sort();
  const changes = names.flatMap(name => {
    if (!(name in now)) return [`${name} is gone`];
    if (!(name in saved.inputs)) return [`${name} is new`];
    return now[name] === saved.inputs[name] ? [] : [`${name} has changed`];
  });
  if (changes.length === 0) return;
  const more = changes.length > shown ? `, and ${changes.length - shown} more` : '';
  throw new UserError(`the plan is stale: ${changes.slice(0, shown).join(', ')}${more}; make a new one`, 'failed');
};

/** Refuses a plan that would be another one today, such as one by another version of this program, or an edited one. */
export const checkSteps = async (saved: SavedPlan, planned: Planned): Promise<void> => {
  const steps = JSON.parse(JSON.stringify(await stepsOf(planned))) as readonly unknown[];
  if (!isSame(steps, saved.steps))
    throw new UserError(
      'the plan is stale: this version of supergloo would take other steps; make a new one',
      'failed',
    );
};
