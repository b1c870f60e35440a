/** What proxies are told, as values under names: those of a proxy and those of a model are laid side by side. */
import type { CapabilityId } from '../../src/model/capability.ts';

/** By name; absent: there is no such limit, or nothing of the kind. Times are in milliseconds. */
export type Numbers = Readonly<Partial<Record<Name, string | number>>>;

/** Every value that is looked at, with the capability that it is of. */
export const names = {
  balancing: 'load-balancing',
  'warm up': 'load-balancing',
  'sticks to': 'consistent-hash',
  'hash table': 'consistent-hash',
  'time to connect': 'connection-limits',
  connections: 'connection-limits',
  'pending requests': 'connection-limits',
  requests: 'connection-limits',
  'requests of a connection': 'connection-limits',
  'retries at once': 'connection-limits',
  streams: 'connection-limits',
  'idle connection': 'connection-limits',
  'age of a connection': 'connection-limits',
  keepalive: 'connection-limits',
  'failures in a row': 'outlier-consecutive',
  'gateway errors in a row': 'outlier-consecutive',
  'local errors in a row': 'outlier-consecutive',
  'looked at every': 'outlier-limits',
  'out for': 'outlier-limits',
  'percent out at most': 'outlier-limits',
  'percent healthy at least': 'outlier-limits',
  tls: 'upstream-tls',
  'server name': 'upstream-tls',
  timeout: 'timeout-request',
  'timeout of a try': 'timeout-per-try',
  tries: 'retry-count',
  'tries on': 'retry-conditions',
  'first wait': 'retry-backoff',
  'longest wait': 'retry-backoff',
  'retry budget': 'retry-budget',
} as const satisfies Readonly<Record<string, CapabilityId>>;

export type Name = keyof typeof names;

/** Leaves out what is not there. */
export const numbers = (all: Readonly<Partial<Record<Name, string | number | undefined>>>): Numbers =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));

/** Zero, and no number: nothing of the kind. */
export const positive = (value: number | undefined): number | undefined =>
  value === undefined || value === 0 ? undefined : value;

/** The names under which two differ. */
export const different = (predicted: Numbers, seen: Numbers): readonly Name[] =>
  (Object.keys(names) as Name[]).filter(name => predicted[name] !== seen[name]);
