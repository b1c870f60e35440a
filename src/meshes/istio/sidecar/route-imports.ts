import type { Manifest } from '../../../adapter/adapter.ts';
import type { Visibility } from '../../../model/capabilities/visibility.ts';
import { overlap } from './imports.ts';

type Exposed = Visibility['exposes'][number];

/**
 * What a Sidecar imports beside the services that its clients know: the VirtualServices written for them, which are not
 * there for them otherwise (observed, row 16.2). One in the namespace of its service comes with the service, and must not
 * bring it. `clients`: their namespace, without one they may be of any; `isHidden`: hosts of which they know no routes.
 */
export const routeImports = (
  exposes: readonly Exposed[],
  clients: string | undefined,
  virtualServices: readonly Manifest[],
  isHidden: (host: string) => boolean,
): readonly Exposed[] => {
  const added: Exposed[] = [];
  for (const { namespace, hosts, shownTo } of virtualServices.map(routesOf)) {
    if (clients !== undefined && shownTo && !shownTo.includes(clients)) continue;
    const isOwn = clients === undefined ? shownTo?.join() === namespace : clients === namespace;
    for (const host of hosts.filter(name => !isServiceIn(namespace, name) && !isHidden(name))) {
      const isImported = [...exposes, ...added].some(
        one =>
          (one.namespace === '*' || one.namespace === namespace || (one.namespace === '.' && isOwn)) &&
          overlap(one.host, host),
      );
      if (!isImported) added.push({ namespace, host });
    }
  }
  return added;
};

/** Where a VirtualService is, what it is for, and the namespaces that see it (absent: all). */
const routesOf = ({ metadata: { namespace = '' }, spec }: Manifest) => {
  const { hosts, exportTo } = spec as { readonly hosts: readonly string[]; readonly exportTo?: readonly string[] };
  return { namespace, hosts, shownTo: exportTo?.map(name => (name === '.' ? namespace : name)) };
};

const isServiceIn = (namespace: string, host: string): boolean => {
  const [name, home, svc] = host.split('.');
  return name !== '*' && home === namespace && svc === 'svc';
};
