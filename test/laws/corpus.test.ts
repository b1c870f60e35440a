/**
 * Law 3 on real configuration: files of the corpus, converted one by one, do, read back, what was expected; and what is
 * written is let in, unless what it was made from is refused itself. A seeded selection of them; more with
 * `SUPERGLOO_RUNS` (10000 are all), others with `SUPERGLOO_SEED`.
 */
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Adapter } from '../../src/adapter/adapter.ts';
import { groupBy } from '../../src/base/order.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import { isGround, onSameGround } from '../../src/engine/verdict.ts';
import { groupOf, type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { readFiles } from '../../src/store/files/store.ts';
import { sharedFolder } from '../../tools/gen/shared.ts';
import { adapters } from './adapters.ts';
import { differences, told } from './behaviour.ts';
import { applied, asObjects, readWith } from './reading.ts';

const corpus = sharedFolder(join(dirname(fileURLToPath(import.meta.url)), '..', '..'), 'corpus');
if (!corpus) console.log('skipped: there is no corpus beside the project');
if (process.env.CI && !corpus) throw new Error('the corpus is absent');

/** Files with which a law is known to be broken, and why. Each is a fault to be mended; `SUPERGLOO_LAWS=all` tries them. */
const unfinished: Readonly<Record<string, string>> = {};

const nameOf = ({ file, from, to }: Case): string => `${file} from ${from.id} to ${to.id}`;

const isUnfinished = (one: Case): boolean => process.env.SUPERGLOO_LAWS !== 'all' && nameOf(one) in unfinished;

/** A file, as configuration of one mesh that is to become that of another. */
interface Case {
  readonly file: string;
  readonly from: Adapter;
  readonly to: Adapter;
  readonly objects: readonly NativeObject[];
}

const isUsed = (adapter: Adapter, objects: readonly NativeObject[]): boolean =>
  objects.some(({ ref }) =>
    adapter.resources.some(({ group, kind, role }) => role === 'read' && kind === ref.kind && group === groupOf(ref)),
  );

const casesIn = (folder: string): readonly Case[] =>
  [...groupBy(readFiles([folder]).objects, ({ ref }) => ref.file ?? '')].flatMap(([file, objects]) =>
    adapters
      .filter(from => isUsed(from, objects))
      .flatMap(from => adapters.map(to => ({ file: relative(folder, file), from, to, objects }))),
  );

/**
 * Of each way to convert the same number: steps through its cases from a place that the seed chooses, at a stride that
 * meets every part of the corpus.
 */
const selection = (all: readonly Case[]): readonly Case[] => {
  const { SUPERGLOO_RUNS: runs = '60', SUPERGLOO_SEED: seed = '20260' } = process.env;
  const ways = groupBy(all, ({ from, to }) => `${from.id} ${to.id}`);
  const count = Math.ceil(Number(runs) / ways.size);
  return [...ways.values()].flatMap(cases => {
    const stride = Math.max(1, cases.length / count);
    return Array.from(
      { length: Math.min(cases.length, count) },
      (_, index) => cases[Math.floor((Number(seed) % stride) + index * stride) % cases.length]!,
    );
  });
};

/** What is written for a case, beside what stays as it is. */
const converted = ({ from, to, objects }: Case) => {
  const { model } = readWith(from, objects);
  const ground = objects.filter(isGround);
  const detected = to.detect(new Snapshot(objects), model.inventory);
  const target = { mesh: detected[0] ?? to.assume(), snapshot: new Snapshot(ground) };
  return { ...to.write(model, target), ground };
};

/** What differs between what was expected and what was written. */
const broken = (one: Case): readonly string[] => {
  const { objects: written, expected, ground } = converted(one);
  const again = readWith(one.to, applied(ground, written)).model;
  const found = differences(expected, onSameGround(again, expected));
  return found.length === 0 ? [] : [...found.map(told), toYamlStream(written)];
};

/** What the API server would refuse. */
const refusedOf = async ({ validate }: Adapter, objects: readonly NativeObject[]): Promise<readonly string[]> =>
  ((await validate?.(new Snapshot(objects))) ?? [])
    .filter(({ severity }) => severity === 'error')
    .map(({ code, subject, path, message }) => `${code} ${subject?.kind} ${subject?.name} ${path}: ${message}`);

describe.skipIf(!corpus)('a file of the corpus, converted and read back', () => {
  const cases = corpus ? selection(casesIn(corpus)) : [];

  it('is tried for every way to convert', () => {
    const ways = new Set(cases.map(({ from, to }) => `${from.id} ${to.id}`));
    expect(ways.size).toBe(adapters.length ** 2);
  });

  const tried = cases.filter(one => !isUnfinished(one)).map(one => [nameOf(one), one] as const);

  it.each(tried)('does what was announced: %s', (_, one) => {
    expect(broken(one).join('\n')).toBe('');
  });

  it.each(tried)('is let in, if what it was made from is: %s', async (_, one) => {
    const isGood = (await refusedOf(one.from, one.objects)).length === 0;
    const refused = isGood ? await refusedOf(one.to, asObjects(converted(one).objects)) : [];
    expect(refused).toEqual([]);
  });
});
