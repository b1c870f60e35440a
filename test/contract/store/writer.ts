/**
 * A process that writes to a store until it is killed: `node writer.mjs KIND PLACE NAME SEED`. It says on standard output
 * what it is about to do, and that it is done, each on a line of its own.
 */
import { writeSync } from 'node:fs';
import type { StoredObject } from '../../../src/store/port/object.ts';
import type { ObjectStore } from '../../../src/store/port/object-store.ts';

/** What a writer says: a request by its number, or that the one before was acknowledged. */
export type Said =
  | { readonly asks: 'apply' | 'status' | 'delete'; readonly name: string; readonly turn: number }
  | { readonly acknowledged: number };

/** An object of which each part tells when it was written. */
export const turnObject = (name: string, turn: number): StoredObject => ({
  apiVersion: 'example.dev/v1',
  kind: 'Route',
  metadata: { name, namespace: 'shop', labels: { turn: String(turn) } },
  spec: { turn, filler: 'x'.repeat((turn * 379) % 9000) },
});

/** The same numbers for the same seed. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

const say = (said: Said): void => void writeSync(1, `${JSON.stringify(said)}\n`);

/** Loads no more than it needs: what is killed soon should start soon. */
const open = async (kind: string | undefined, place: string): Promise<ObjectStore> => {
  if (kind === 'folder') {
    const { openFolder } = await import('../../../src/store/folder/open-folder.ts');
    return openFolder(place, { history: 20 });
  }
  const { openEmbedded } = await import('../../../src/store/embedded/open-embedded.ts');
  return openEmbedded(place, { history: 20 });
};

export const main = async ([kind, place = '', writer = '', seed]: readonly string[]): Promise<void> => {
  const store = await open(kind, place);
  const chance = numbers(Number(seed));
  const pick = (below: number): number => Math.floor(chance.next().value * below);
  const me = { manager: writer, force: true };
  for (let turn = 1; ; turn++) {
    const name = `${writer}-${pick(6)}`;
    const asks = (['apply', 'apply', 'apply', 'status', 'delete'] as const)[pick(5)]!;
    const id = { group: 'example.dev', kind: 'Route', namespace: 'shop', name };
    if (asks !== 'apply' && !(await store.get(id))) continue;
    say({ asks, name, turn });
    if (asks === 'apply') await store.apply(turnObject(name, turn), me);
    else if (asks === 'delete') await store.delete(id);
    else await store.apply({ ...turnObject(name, 0), status: { turn } }, { ...me, subresource: 'status' });
    say({ acknowledged: turn });
  }
};

await main(process.argv.slice(2));
