import { approximated, refused } from '../../../adapter/disposition.ts';
import type { Judge } from '../../../adapter/judge.ts';
import type { ClientScope } from '../../../model/scope.ts';
import { deniedStatus } from './reach.ts';

const isNarrow = ({ labels, namespaces }: ClientScope): boolean => labels !== undefined && namespaces === undefined;

const forAllNamespaces = (what: string) =>
  refused(what, 'clients can be picked by labels within a namespace, not everywhere', {
    workaround: 'say it once for each namespace of clients',
  });

/** What a Sidecar can say of what clients know. */
export const sidecarJudge: Pick<Judge, 'visibility' | 'egress'> = {
  visibility: ({ clients, exposes }) => {
    if (isNarrow(clients)) return forAllNamespaces('visibility');
    if (clients.gateway === undefined) return 'applied';
    const isOpen = exposes.some(({ namespace, host, port }) => namespace === '*' && host === '*' && port === undefined);
    return isOpen ? 'applied' : refused('visibility', 'a gateway knows every service');
  },
  egress: egress => {
    if (isNarrow(egress.clients)) return forAllNamespaces('egress-default');
    if (egress.clients.gateway !== undefined) return refused('egress-default', 'a gateway goes only where routes lead');
    const { through, ...rest } = egress;
    if (through && egress.mode.value === 'deny') {
      return approximated(rest, 'egress-default', 'what is refused goes through no proxy', { effect: 'none' });
    }
    if (egress.mode.value === 'allow' || egress.deniedStatus === deniedStatus) return 'applied';
    const message = `requests to unknown hosts are answered with ${deniedStatus}, not ${egress.deniedStatus}`;
    return approximated({ ...egress, deniedStatus }, 'egress-status', message);
  },
};
