import { digest } from '../../../../base/digest.ts';
import { groupBy } from '../../../../base/order.ts';
import type { CallerPattern } from './callers.ts';
import type { PlannedServer } from './gather-servers.ts';
import type { Grant } from './grants.ts';

/** Names of objects: parts in lower case, at most 63 characters; one that is too long ends in a digest of itself. */
export const objectName = (...parts: readonly string[]): string => {
  const name = parts
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name.length <= 63 ? name : `${name.slice(0, 55).replace(/-+$/, '')}-${digest(name)}`;
};

/**
 * A Server goes by the values of its labels and its port: `reviews-9080`, one for machines by what they are too:
 * `reviews-machines-9080`. Names that two come to get a digest.
 */
export const serverNames = (servers: readonly PlannedServer[]): ReadonlyMap<PlannedServer, string> => {
  const plain = (server: PlannedServer): string => {
    const labels = Object.entries(server.labels).sort();
    const words = labels.length > 0 ? labels.map(([, value]) => value) : ['all'];
    return objectName(...words, ...(server.isMachine ? ['machines'] : []), String(server.port));
  };
  const names = new Map<PlannedServer, string>();
  for (const [key, same] of groupBy(servers, server => `${server.namespace}/${plain(server)}`)) {
    const name = key.slice(key.indexOf('/') + 1);
    for (const server of same) {
      const labels = JSON.stringify(Object.entries(server.labels).sort());
      names.set(server, same.length === 1 ? name : objectName(name.slice(0, 50), digest(labels)));
    }
  }
  return names;
};

/** Who a grant lets in, in a few words; different grants have different ones. */
export const grantName = ({ callers, networks }: Grant): string => {
  if (!callers && !networks) return 'everyone';
  const parts = [
    ...(callers ? [callersName(callers)] : []),
    ...(networks ? [`networks-${digest(JSON.stringify(networks))}`] : []),
  ];
  return objectName(...parts);
};

/** One account needs no object of its own; other callers have one, and this is its name. */
export const callersName = (callers: readonly CallerPattern[]): string => {
  const [only] = callers;
  if (callers.length === 1 && only?.kind === 'any') return 'meshed';
  if (callers.length === 1 && only?.kind === 'account') return objectName(only.namespace, only.name);
  return `callers-${digest(JSON.stringify(callers))}`;
};
