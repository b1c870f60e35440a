import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Part, versions } from '../versions.ts';

/** What was built or fetched, for all beds of this user; deleting it costs a build. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'supergloo-testbed');

/** The files of one part in its pinned version. */
export const partFolder = (part: Part): string => join(cacheFolder(), `${part}-${versions[part]}`);

/**
 * What the running bed knows of itself: which processes and namespaces are its own, its logs, keys and data. There is one
 * bed on a machine. Programs in pods run as a user of their own, so it cannot lie below a home folder.
 */
export const stateFolder = (): string => process.env.SUPERGLOO_TESTBED_STATE || '/var/lib/supergloo-testbed';

export const inState = (...names: readonly string[]): string => join(stateFolder(), ...names);
