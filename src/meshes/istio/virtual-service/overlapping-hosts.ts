import { unique } from '../../../base/order.ts';
import { hostMatches } from '../../../model/match.ts';

/** Whether every host of the second pattern is one of the first; a name is a pattern for itself. */
export const covers = (pattern: string, host: string): boolean => pattern === host || hostMatches(pattern, host);

/**
 * In groups of which no host is a pattern for another one: an object takes no others (pkg/config/validation, Istio 1.31).
 */
export const apart = <T>(items: readonly T[], hostsOf: (item: T) => readonly string[]): readonly (readonly T[])[] => {
  if (!items.some(item => hostsOf(item).some(isPattern))) return [items];
  const groups: T[][] = [];
  for (const item of items) {
    const free = groups.find(group => !group.some(other => overlap(hostsOf(other), hostsOf(item))));
    if (free) free.push(item);
    else groups.push([item]);
  }
  return groups;
};

const isPattern = (host: string): boolean => host.startsWith('*');

const overlap = (some: readonly string[], others: readonly string[]): boolean =>
  some.some(host => others.some(other => host !== other && (covers(host, other) || covers(other, host))));

/** Of hosts that overlap the wider ones, which stand for the others too. */
export const widest = (hosts: readonly string[]): readonly string[] =>
  unique(hosts).filter((host, _, all) => !all.some(other => other !== host && covers(other, host)));
