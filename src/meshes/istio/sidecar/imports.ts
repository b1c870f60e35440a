import type { ServiceDirectory } from '../../../model/directory.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Service } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { ClientScope } from '../../../model/scope.ts';
import { namespaceOf } from '../../../native/snapshot.ts';
import type { Import, Sidecar } from './sidecars.ts';

/** Whether an import is about a namespace, for clients of a namespace; without one they may be of any. */
const isAbout = (one: Import, namespace: string, own: string | undefined): boolean =>
  one.namespace === '*' || one.namespace === namespace || (one.namespace === '.' && own === namespace);

const ownNamespace = ({ namespaces }: ClientScope): string | undefined => namespaces?.[0];

/** Two patterns have a host in common. */
export const overlap = (a: string, b: string): boolean => a === b || hostMatches(a, b) || hostMatches(b, a);

/**
 * The route tables that clients with a Sidecar know: imports are for VirtualServices of their namespace as well (observed,
 * row 16.2). A table stands for one host of the VirtualService that it comes from, and one is enough for all of them
 * (pilot, Istio 1.31: `SelectVirtualServices`).
 */
export const imported = (
  sidecar: Sidecar,
  frontends: readonly Frontend[],
  directory: ServiceDirectory,
): ReadonlySet<Frontend> => {
  const single = new Set(frontends.filter(frontend => isImported(sidecar, frontend, directory)));
  const whole = new Set([...single].map(({ source }) => source?.object).filter(ref => ref?.kind === 'VirtualService'));
  return new Set(frontends.filter(frontend => single.has(frontend) || whole.has(frontend.source?.object)));
};

const isImported = ({ imports: list, clients }: Sidecar, frontend: Frontend, directory: ServiceDirectory): boolean => {
  const { source, listens } = frontend;
  if (!source || listens.kind === 'listener') return false;
  const hosts = hostsOf(frontend, directory);
  const namespace = namespaceOf(source.object);
  return list.some(
    one => isAbout(one, namespace, ownNamespace(clients)) && hosts.some(host => overlap(one.host, host)),
  );
};

/** The hosts that a table is for; a service goes by its full name. */
const hostsOf = ({ listens }: Frontend, directory: ServiceDirectory): readonly string[] => {
  if (listens.kind === 'hosts') return listens.hosts;
  return listens.kind === 'service' ? (directory.find(listens.service)?.hosts ?? []) : [];
};

/** Whether clients with a Sidecar know a service on all of its ports. */
export const knows = ({ imports: list, clients }: Pick<Sidecar, 'imports' | 'clients'>, service: Service): boolean =>
  list.some(
    one =>
      one.port === undefined &&
      isAbout(one, service.namespace, ownNamespace(clients)) &&
      service.hosts.some(host => hostMatches(one.host, host)),
  );

/** Whether they know it on some port. */
export const knowsSome = ({ imports: list, clients }: Sidecar, service: Service): boolean =>
  knows({ clients, imports: list.map(({ port: _port, ...anywhere }) => anywhere) }, service);
