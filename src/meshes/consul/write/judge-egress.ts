import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { EgressDefault } from '../../../model/capabilities/visibility.ts';
import type { Model } from '../../../model/model.ts';
import { egressStatus } from '../entries/mesh-entry.ts';

const isForAll = ({ clients }: EgressDefault): boolean =>
  !clients.namespaces && !clients.labels && clients.gateway === undefined;

/** Whether the Mesh entry is to keep clients to known hosts: `transparentProxy.meshDestinationsOnly`. */
export const keepsInside = ({ egress }: Pick<Model, 'egress'>): boolean =>
  egress.some(one => isForAll(one) && one.mode.value === 'deny');

/** What the Mesh entry says of unknown hosts, it says for all clients. */
export const egressVerdict = (egress: EgressDefault, model: Pick<Model, 'egress'>): Verdict<EgressDefault> => {
  const isClosed = keepsInside(model);
  if (egress.mode.value === 'allow') {
    return isClosed
      ? refused('egress-default', 'all clients are kept to known hosts, these too')
      : refused('egress-default', 'unknown hosts are let through when nothing is said', { effect: 'none' });
  }
  if (!isForAll(egress)) {
    const workaround = 'write `transparentProxy.meshDestinationsOnly: true` into the Mesh entry, for all clients';
    return isClosed
      ? refused('egress-default', 'all clients are kept to known hosts', { effect: 'none' })
      : refused('egress-default', 'only all clients can be kept to known hosts', { severity: 'security', workaround });
  }
  const { through, ...rest } = egress;
  if (through) {
    return approximated(rest, 'egress-default', 'what is refused goes through no proxy', { effect: 'none' });
  }
  if (egress.deniedStatus === egressStatus) return 'applied';
  const message = `requests to unknown hosts are answered with ${egressStatus}, not ${egress.deniedStatus}`;
  return approximated({ ...egress, deniedStatus: egressStatus }, 'egress-status', message);
};
