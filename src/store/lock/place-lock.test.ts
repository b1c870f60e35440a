import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { PlaceLock } from './place-lock.ts';
import { lifeOf, ownIdentity, type ProcessIdentity } from './process-identity.ts';

let folder: string;
beforeEach(() => {
  folder = join(scratchFolder('turns'), 'turns');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

/** A process that has ended. */
const ended = (): ProcessIdentity => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return { ...ownIdentity(), pid, started: '1' };
};

const leaveTurn = (name: string, text: string): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
};

const lockOf = (patienceMs?: number): PlaceLock =>
  new PlaceLock('here', folder, patienceMs === undefined ? {} : { patienceMs });
const turns = (): string[] => readdirSync(folder).filter(name => /^\d/.test(name));

describe('a place with one process at a time', () => {
  it('lets everyone in, one after the other, also when several have a lock of their own', async () => {
    const locks = [lockOf(), lockOf(), lockOf()];
    let inside = 0;
    let total = 0;
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        locks[index % 3]!.alone(() => {
          inside += 1;
          expect(inside).toBe(1);
          total += 1;
          inside -= 1;
        }),
      ),
    );
    expect(total).toBe(60);
    expect(turns()).toHaveLength(1);
    for (const lock of locks) lock.close();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('lets people in as they asked, and goes on behind one who fails', async () => {
    const lock = lockOf();
    const order: number[] = [];
    const all = [1, 2, 3].map(number =>
      lock.alone(() => {
        order.push(number);
        if (number === 2) throw new Error('two');
      }),
    );
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(order).toEqual([1, 2, 3]);
  });

  it('tells nobody that they are done before what they did lasts', async () => {
    const told: string[] = [];
    let turn = 0;
    const lock = new PlaceLock('here', folder, {
      finish: () => {
        turn += 1;
        told.push(`turn ${turn}`);
        if (turn === 1) throw new Error('full');
      },
    });
    const ask = (name: string): Promise<unknown> =>
      lock
        .alone(() => name)
        .then(
          () => told.push(`${name} done`),
          error => told.push(`${name} ${error.message}`),
        );
    await Promise.all([ask('a'), ask('b')]);
    await ask('c');
    expect(told).toEqual(['turn 1', 'a full', 'b full', 'turn 2', 'c done']);
  });

  it('is not held up by one that was killed inside, nor by what they left', async () => {
    const who = JSON.stringify(ended());
    leaveTurn('7', who);
    leaveTurn('6.over', who);
    leaveTurn('card-1', who);
    expect(await lockOf(50).alone(() => 'in')).toBe('in');
    expect(turns()).toEqual(['8.over']);
    expect(readdirSync(folder)).not.toContain('card-1');
  });

  it('takes a turn of which nothing is on the disk for one before the machine went down', async () => {
    leaveTurn('7', '');
    expect(await lockOf(50).alone(() => 'in')).toBe('in');
  });

  it('waits for one that is inside, and says who it is', async () => {
    leaveTurn('7', JSON.stringify(ownIdentity()));
    await expect(lockOf(30).alone(() => 'in')).rejects.toMatchObject({
      code: 'busy',
      retryable: true,
      message: `\`here\` is in use by process ${process.pid}; wait for it, or end it, and try again`,
    });
    expect(turns()).toEqual(['7']);
  });

  it('never takes for ended what it cannot see', async () => {
    leaveTurn('7', JSON.stringify({ ...ended(), host: 'elsewhere' }));
    await expect(lockOf(30).alone(() => 'in')).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringMatching(
        /on elsewhere; which cannot be seen from here; if it has ended, remove the folder/,
      ),
    });
  });

  it('does not let in who makes a turn that was over long ago', async () => {
    leaveTurn('9.over', '');
    leaveTurn('9', JSON.stringify(ownIdentity()));
    expect(await lockOf(50).alone(() => 'in')).toBe('in');
    expect(turns()).toEqual(['10.over']);
  });

  it('may be removed by somebody', async () => {
    const lock = lockOf(500);
    await lock.alone(() => rmSync(folder, { recursive: true }));
    expect(await lock.alone(() => 'in')).toBe('in');
  });
});

describe('whether a process runs', () => {
  const here = ownIdentity();
  it.each<[string, ProcessIdentity, string]>([
    ['this one', here, 'running'],
    ['one that ended', ended(), 'ended'],
    ['another with the number of one that ended', { ...here, started: '1' }, 'ended'],
    ['one of which nobody knows when it started', { ...here, started: '' }, 'running'],
    ['one of an earlier run of the machine', { ...here, boot: 'earlier' }, 'ended'],
    ['one on another machine', { ...ended(), host: 'elsewhere' }, 'unknown'],
    ['one in another container', { ...ended(), namespace: 'other' }, 'unknown'],
  ])('%s', (_, process, life) => {
    expect(lifeOf(process)).toBe(life);
  });
});
