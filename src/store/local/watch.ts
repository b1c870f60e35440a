import type { WatchEvent, WatchQuery } from '../port/object-store.ts';
import { StoreError } from '../store-error.ts';
import type { Pulse } from './pulse.ts';
import { eventOf, selectedAt } from './selection.ts';
import type { Change, Records } from './shelf.ts';

/** What is watched. */
export interface Watched {
  readonly place: string;
  readonly read: <T>(body: (records: Records) => T) => Promise<T>;
  readonly pulse: Pulse;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** Changes after a version that the shelf must still know. */
const changesAfter = (place: string, records: Records, version: number): Change[] => {
  if (version < records.knownSince || version > records.version) {
    throw new StoreError('expired', place, `what happened since version ${version} is not known any more; list again`);
  }
  return records.changesAfter(version);
};

const versionOf = (place: string, text: string): number => {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw new StoreError('invalid', place, `\`${text}\` is no version of this store; list again and watch from there`);
};

/** The events of a query, one by one, as long as the caller wants them; see `ObjectStore.watch`. */
export async function* watchShelf(watched: Watched, query: WatchQuery): AsyncGenerator<WatchEvent, void> {
  const start = query.resourceVersion;
  if (start !== undefined) yield* changesFrom(versionOf(watched.place, start), watched, query);
  else if (!watched.signal.aborted) {
    const version = yield* whatIsThere(watched, query);
    yield* changesFrom(version, watched, query);
  }
}

/** Everything that is there, and a bookmark; returns the version of it. */
async function* whatIsThere(watched: Watched, query: WatchQuery): AsyncGenerator<WatchEvent, number> {
  const { version, objects } = await watched.read(records => ({
    version: records.version,
    objects: selectedAt(records, query, records.version),
  }));
  const resourceVersion = String(version);
  for (const object of objects) {
    if (watched.signal.aborted) return version;
    yield { type: 'ADDED', object: structuredClone(object), resourceVersion };
  }
  if (!watched.signal.aborted) yield { type: 'BOOKMARK', resourceVersion };
  return version;
}

async function* changesFrom(start: number, watched: Watched, query: WatchQuery): AsyncGenerator<WatchEvent, void> {
  const { place, read, pulse, signal } = watched;
  let version = start;
  while (!signal.aborted) {
    const { count } = pulse;
    const changes = await read(records => changesAfter(place, records, version));
    let isTold = true;
    for (const change of changes) {
      if (signal.aborted) return;
      const event = eventOf(change, query);
      if (event) yield event;
      isTold = event !== undefined;
    }
    version = changes.at(-1)?.version ?? version;
    if (signal.aborted) return;
    if (!isTold) yield { type: 'BOOKMARK', resourceVersion: String(version) };
    if (changes.length === 0) await pulse.after(count, signal);
  }
}
