import { expect, it } from 'vitest';
import { modelOf } from '../../src/verify/testing/model-builder.ts';
import { BedFailure } from '../failures.ts';
import type { Configuration } from './configuration.ts';
import type { Testimony } from './oracle.ts';
import { type Arena, runAgreement } from './run.ts';
import type { Tried } from './tally.ts';

const limits = { borders: 1, patienceMs: 1, countsTries: false };

const silent = (id: string): Configuration<object> => ({
  id,
  family: 'silent',
  kind: 'site',
  sendsNothing: true,
  objects: () => [{ id }],
});

/** An arena in which nobody is asked anything, and an oracle says of each name what it is told to. */
const arena = (more: Partial<Arena<object>>): Arena<object> => ({
  slots: { site: ['one', 'two'], guard: [], gate: [] },
  use: async () => new Map(),
  model: async () => modelOf({ services: [], workloads: [] }, {}),
  put: async () => [],
  standing: [],
  serviceOf: ({ name }) => name,
  hostOf: ({ name }) => name,
  callersOf: () => [],
  addressOf: () => '',
  ...more,
});

const said = (word: string): Testimony => ({
  oracle: 'it',
  about: 'words',
  place: 'here',
  predicted: 'yes',
  said: word,
});

const run = async (own: Arena<object>): Promise<{ tried: readonly Tried[]; again: (readonly [string, string])[] }> => {
  const again: (readonly [string, string])[] = [];
  const tried = await runAgreement(own, [silent('a'), silent('b')], limits, {
    tell: () => {},
    tellAgain: (why, ids) => again.push([why, ids.join()]),
  });
  return { tried, again };
};

it('what differs is tried once more without the others, and told as it is then', async () => {
  const used: string[] = [];
  const words: Record<string, string[]> = { one: ['no', 'yes'], two: ['yes'] };
  const { tried, again } = await run(
    arena({
      use: async objects => {
        used.push(objects.map(object => (object as { id: string }).id).join());
        return new Map();
      },
      askOracles: async ({ name }) => [said(words[name]?.shift() ?? 'asked too often')],
    }),
  );
  expect(again).toEqual([['they were not as predicted', 'a']]);
  expect(used).toEqual(['a,b', '', 'a', '']);
  expect(tried.map(one => [one.id, one.again, one.testimonies?.[0]?.said])).toEqual([
    ['a', true, 'yes'],
    ['b', undefined, 'yes'],
  ]);
});

it('what differs twice stays a disagreement', async () => {
  const { tried } = await run(arena({ askOracles: async () => [said('no')] }));
  expect(tried.map(one => one.testimonies?.[0]?.said)).toEqual(['no', 'no']);
});

it('a bed that dies is begun anew, a few times, and what was being tried is tried anew', async () => {
  const dying = (deaths: number) => {
    let left = deaths;
    let starts = 0;
    const own = arena({
      use: async () => {
        left -= 1;
        if (left >= 0) throw new BedFailure('it has died');
        return new Map();
      },
      startAgain: async () => {
        starts += 1;
      },
    });
    return { own, starts: () => starts };
  };
  const twice = dying(2);
  const { tried, again } = await run(twice.own);
  expect([tried.length, twice.starts()]).toEqual([2, 2]);
  expect(again[0]).toEqual(['the bed starts again: it has died', 'a,b']);
  await expect(run(dying(100).own)).rejects.toThrow('it has died');
});
