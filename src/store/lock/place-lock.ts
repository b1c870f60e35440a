import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ioError } from '../io-error.ts';
import { StoreError } from '../store-error.ts';
import { lifeOf, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** The name of a turn: its number, and whether it is over. */
const turnName = /^(\d+)(\.over)?$/;

interface Turn {
  readonly number: number;
  readonly isOver: boolean;
}

/** One who waits in this process. */
interface Waiting {
  /** Runs what they want alone. What it returns tells them, once what they did lasts; undefined if they failed and know. */
  readonly run: () => (() => void) | undefined;
  readonly fail: (error: unknown) => void;
}

/** What a lock is made with. */
export interface LockOptions {
  /** How long anyone waits for other processes. */
  readonly patienceMs?: number;
  /** Makes last what was done in a turn, by all of those who were in; if it throws, all of them failed. */
  readonly finish?: () => void;
}

/** So long others are kept waiting at most while one process has several things to do. */
const longestTurnMs = 50;

/**
 * Lets one process at a time into a place, and outlives the end of any of them at any moment.
 *
 * A folder holds the turns. Whoever wants in makes the file with the next number, a second name of one that says who they
 * are; only one can. When they leave they rename it to `N.over`. The turn with the highest number stays there, and whoever
 * has it is in, so that nobody ever removes what lets another one in: a process that was killed is followed by the next
 * number.
 */
export class PlaceLock {
  readonly #place: string;
  readonly #folder: string;
  readonly #patienceMs: number;
  readonly #finish: () => void;
  readonly #waiting: Waiting[] = [];
  #isServing = false;
  /** The file that says who we are, once it is there. */
  #card: string | undefined;

  constructor(place: string, folder: string, { patienceMs = 30_000, finish = () => {} }: LockOptions = {}) {
    this.#place = place;
    this.#folder = folder;
    this.#patienceMs = patienceMs;
    this.#finish = finish;
  }

  /** Runs `body` alone. In one process they come in as they asked; fails with `busy` after some time of waiting. */
  alone<T>(body: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (): (() => void) | undefined => {
        try {
          const result = body();
          return () => resolve(result);
        } catch (error) {
          reject(error);
          return undefined;
        }
      };
      this.#waiting.push({ run, fail: reject });
      if (!this.#isServing) void this.#serve();
    });
  }

  /** Leaves nothing behind but the last turn. */
  close(): void {
    if (this.#card !== undefined) rmSync(this.#card, { force: true });
    this.#card = undefined;
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    while (this.#waiting.length > 0) {
      try {
        const number = await this.#enter();
        try {
          this.#takeTurn();
        } finally {
          this.#leave(number);
        }
      } catch (error) {
        for (const { fail } of this.#waiting.splice(0)) fail(error);
      }
    }
    this.#isServing = false;
  }

  /** Lets in those who wait here, as many as there is time for. */
  #takeTurn(): void {
    const end = performance.now() + longestTurnMs;
    const done: { readonly tell: () => void; readonly fail: (error: unknown) => void }[] = [];
    do {
      const next = this.#waiting.shift();
      const tell = next?.run();
      if (next && tell) done.push({ tell, fail: next.fail });
    } while (this.#waiting.length > 0 && performance.now() < end);
    try {
      this.#finish();
    } catch (error) {
      for (const { fail } of done) fail(error);
      return;
    }
    for (const { tell } of done) tell();
  }

  async #enter(): Promise<number> {
    const end = performance.now() + this.#patienceMs;
    for (let waitMs = 1; ; waitMs = Math.min(2 * waitMs, 50)) {
      const entry = this.#tryToEnter();
      if (typeof entry === 'number') return entry;
      if (performance.now() > end) throw this.#busy(entry);
      await sleep(waitMs * (0.5 + Math.random()));
    }
  }

  /** The number of our turn, or who is in. Undefined if others were quicker. */
  #tryToEnter(): number | ProcessIdentity | undefined {
    const last = lastOf(this.#names());
    if (last && !last.isOver) {
      const owner = this.#ownerOf(String(last.number));
      if (!owner || lifeOf(owner) !== 'ended') return owner;
    }
    const number = (last?.number ?? 0) + 1;
    if (!this.#make(number)) return undefined;
    // Whoever was asleep since they looked may make a turn that was over, or cleared away, long ago.
    const names = this.#names();
    const now = lastOf(names);
    if (now?.number !== number || now.isOver) {
      rmSync(this.#file(String(number)), { force: true });
      return undefined;
    }
    for (const name of names)
      if (turnName.test(name) && name !== String(number)) rmSync(this.#file(name), { force: true });
    return number;
  }

  #leave(number: number): void {
    try {
      renameSync(this.#file(String(number)), this.#file(`${number}.over`));
    } catch (error) {
      // Somebody removed the folder: there is no turn to end any more.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(this.#folder, 'cannot be written', error);
    }
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  #names(): string[] {
    try {
      mkdirSync(this.#folder, { recursive: true });
      return readdirSync(this.#folder);
    } catch (error) {
      throw ioError(this.#folder, 'cannot be used', error);
    }
  }

  /** Undefined if there is no such file any more. */
  #ownerOf(name: string): ProcessIdentity | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(name), 'utf8')) as ProcessIdentity;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      // The machine went down before what the file says was on the disk: whoever wrote it has ended.
      if (error instanceof SyntaxError) return { ...ownIdentity(), boot: 'earlier' };
      throw ioError(this.#folder, 'cannot be read', error);
    }
  }

  /** Makes a turn, unless it is there. The file says who we are from the first moment on. */
  #make(number: number): boolean {
    try {
      linkSync(this.#ownCard(), this.#file(String(number)));
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Without our card somebody removed the folder; there will be another one.
      if (code === 'ENOENT') this.#card = undefined;
      if (code === 'EEXIST' || code === 'ENOENT') return false;
      throw error instanceof StoreError ? error : ioError(this.#folder, 'cannot be written', error);
    }
  }

  #ownCard(): string {
    if (this.#card !== undefined) return this.#card;
    for (const name of this.#names().filter(each => each.startsWith('card-'))) {
      const owner = this.#ownerOf(name);
      if (owner && lifeOf(owner) === 'ended') rmSync(this.#file(name), { force: true });
    }
    const card = this.#file(`card-${randomUUID()}`);
    writeFileSync(card, JSON.stringify(ownIdentity()));
    this.#card = card;
    return card;
  }

  #busy(owner: ProcessIdentity | undefined): StoreError {
    const start = `\`${this.#place}\` is in use`;
    if (!owner) return new StoreError('busy', this.#place, `${start} by many others; try again`);
    const who = `by process ${owner.pid}${owner.host === ownIdentity().host ? '' : ` on ${owner.host}`}`;
    const advice =
      lifeOf(owner) === 'unknown'
        ? `which cannot be seen from here; if it has ended, remove the folder \`${this.#folder}\``
        : 'wait for it, or end it, and try again';
    return new StoreError('busy', this.#place, `${start} ${who}; ${advice}`);
  }
}

/** The turn with the highest number. */
const lastOf = (names: readonly string[]): Turn | undefined => {
  let last: Turn | undefined;
  for (const name of names) {
    const [, digits, over] = turnName.exec(name) ?? [];
    const number = Number(digits);
    if (digits === undefined || number < (last?.number ?? 0)) continue;
    last = { number, isOver: over !== undefined || (last?.number === number && last.isOver) };
  }
  return last;
};
