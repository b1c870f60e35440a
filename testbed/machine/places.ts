import { homedir } from 'node:os';
import { join } from 'node:path';
import { BedFailure } from '../failures.ts';
import { type Part, versions } from '../versions.ts';

/** What was built or fetched, for all beds of this user; deleting it costs a build. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'supergloo-testbed');

/** The files of one part in its pinned version. */
export const partFolder = (part: Part): string => join(cacheFolder(), `${part}-${versions[part]}`);

const usualName = 'sgtb';

/**
 * Beds with different names do not know of each other: a name stands at the head of its network namespaces, and all
 * sockets are inside these. One to six small letters; `sgtb` unless `SUPERGLOO_TESTBED_NAME` says otherwise.
 */
export const bedName = (): string => {
  const name = process.env.SUPERGLOO_TESTBED_NAME || usualName;
  if (!/^[a-z]{1,6}$/.test(name)) throw new BedFailure(`a bed cannot be named ${name}: one to six small letters`);
  return name;
};

/**
 * What the running bed knows of itself: which processes and namespaces are its own, its logs, keys and data. Programs in
 * pods run as a user of their own, so it cannot lie below a home folder.
 */
export const stateFolder = (): string => {
  const own = bedName() === usualName ? '' : `-${bedName()}`;
  return process.env.SUPERGLOO_TESTBED_STATE || `/var/lib/supergloo-testbed${own}`;
};

/** What the bed is started for: `SUPERGLOO_TESTBED_STANCE`. */
const wanted = (): string => process.env.SUPERGLOO_TESTBED_STANCE ?? 'allow';

/** Whom Consul lets in of whom no intention speaks: everyone, or nobody with `deny` and `peers-deny`. */
export const stance = (): 'allow' | 'deny' => (/(^|-)deny$/.test(wanted()) ? 'deny' : 'allow');

/**
 * Whether Consul has an API gateway, with `gateway`. Only then: its controller in 1.21.0 now and then ends the whole agent
 * while routes change (concurrent map iteration and map write).
 */
export const hasEdge = (): boolean => wanted() === 'gateway';

/** Whether there is a second cluster, which is a peer of the first: with `peers`, and with `peers-deny`. */
export const hasPeer = (): boolean => wanted().startsWith('peers');

/** Whether Istio's services stand behind a waypoint and callers in no sidecar: with `waypoint`, and with `waypoint-destinations`. */
export const hasWaypoint = (): boolean => wanted().startsWith('waypoint');

/** Whether there is tried at the waypoint how it treats destinations, and not how it routes and whom it admits. */
export const isAboutDestinations = (): boolean => wanted() === 'waypoint-destinations';

/** Which bed a program belongs to, for its environment. */
export const bedEnvironment = (): Readonly<Record<string, string>> => ({
  SUPERGLOO_TESTBED_NAME: bedName(),
  SUPERGLOO_TESTBED_STATE: stateFolder(),
});

export const inState = (...names: readonly string[]): string => join(stateFolder(), ...names);
