import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { ClientScope } from '../../../model/scope.ts';

/** The settings that can matter: none that others keep from everyone, and empty ones only where they keep others away. */
export const withoutIdle = (list: readonly DestinationSettings[]): DestinationSettings[] =>
  withoutEmpty(withoutShadowed(list));

const isEmpty = ({ id: _id, clients: _clients, target: _target, source: _source, ...parts }: DestinationSettings) =>
  Object.keys(parts).length === 0;

const withoutEmpty = (list: readonly DestinationSettings[]): DestinationSettings[] => {
  const services = new Set<string>();
  let patternFollows = false;
  const kept: DestinationSettings[] = [];
  for (const settings of list.toReversed()) {
    const { service } = settings.target;
    const keepsAway = patternFollows || (service === undefined ? services.size > 0 : services.has(service));
    if (isEmpty(settings) && !keepsAway) continue;
    if (service === undefined) patternFollows = true;
    else services.add(service);
    kept.push(settings);
  }
  return kept.toReversed();
};

const withoutShadowed = (list: readonly DestinationSettings[]): DestinationSettings[] => {
  const before = new Map<string, DestinationSettings[]>();
  return list.filter(settings => {
    const { port: _port, subset: _subset, ...where } = settings.target;
    const key = JSON.stringify(where);
    const earlier = before.get(key) ?? [];
    if (earlier.some(other => covers(other, settings))) return false;
    before.set(key, [...earlier, settings]);
    return true;
  });
};

/** Whether what the first is for includes all of what the second is for, the service or hosts being the same. */
const covers = (first: DestinationSettings, second: DestinationSettings): boolean =>
  (first.target.port === undefined || first.target.port === second.target.port) &&
  (first.target.subset === undefined || first.target.subset.name === second.target.subset?.name) &&
  coversClients(first.clients, second.clients);

/** Whether everyone whom the second scope takes is taken by the first. */
export const coversClients = (first: ClientScope, second: ClientScope): boolean => {
  const { namespaces: within, ...other } = first;
  const { namespaces, ...theirs } = second;
  if (Object.keys(other).length > 0 && JSON.stringify(other) !== JSON.stringify(theirs)) return false;
  return within === undefined || (namespaces?.every(namespace => within.includes(namespace)) ?? false);
};
