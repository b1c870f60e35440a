/**
 * What real meshes were seen to do with configurations, held against what is predicted from them now. `npm run agreement`
 * makes these records, and `docs/reference/agreement.md` tells how much it has tried.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { differencesIn, recordedIn, waveNumbers, waveOf } from '../testbed/trial/replay.ts';
import { pairsIn } from '../testbed/trial/replay-pairs.ts';

const recorded = recordedIn(join(dirname(fileURLToPath(import.meta.url)), '..'));

describe.each(recorded)('$name', record => {
  it.each(waveNumbers(record))('what was seen of wave %d is what is predicted', async number => {
    const { model, configurations, addresses } = await waveOf(record, number);
    expect(configurations.flatMap(one => differencesIn(model, one, addresses))).toEqual([]);
  });
});

describe.each(recorded)('pairs of $name', record => {
  it('what a comparison says of both is what was seen', async () => {
    const pairs = await pairsIn(record);
    const contradicted: string[] = [];
    for (const { id, judge } of pairs)
      for (const { finding, why = '' } of await judge())
        if (finding === 'contradicted') contradicted.push(`${id}: ${why}`);
    expect(contradicted).toEqual([]);
  }, 60_000);
});

it('there is a record', () => {
  expect(recorded.length).toBeGreaterThan(0);
});
