import type { WriteTarget } from '../../../adapter/adapter.ts';
import { approximated, refused } from '../../../adapter/disposition.ts';
import type { Judge } from '../../../adapter/judge.ts';
import type { ServiceExposure } from '../../../model/capabilities/visibility.ts';
import { metadataOf, type Snapshot } from '../../../native/snapshot.ts';
import { isEntry } from './emit.ts';
import { exportAnnotation, exportedTo } from './exposures.ts';

/** What a ServiceEntry can say of a host outside. Kubernetes' own ExternalName Services stay as they are. */
export const entryJudge = ({ snapshot }: WriteTarget): Pick<Judge, 'externalService' | 'exposure'> => ({
  externalService: service => {
    if (!isEntry(service)) return 'applied';
    if (service.ports.length === 0) {
      return refused('egress-hosts', 'a host outside is known by its ports, and none is known', {
        workaround: 'add the ports that clients dial',
      });
    }
    const [host = ''] = service.hosts;
    const isResolved = service.endpoints.kind === 'addresses' && service.endpoints.addresses[0] === host;
    if (!host.startsWith('*') || !isResolved) return 'applied';
    return approximated(
      { ...service, endpoints: { kind: 'named', name: host, labels: {} } },
      'egress-hosts',
      'a pattern of hosts cannot be resolved: traffic goes on to the address that the client dialled',
    );
  },
  exposure: exposure => {
    if (!exposure.service.includes('/') || isAnnotated(exposure, snapshot)) return 'applied';
    return refused('visibility', 'who sees a Service is said by an annotation on it, and the Service is not ours', {
      workaround: `annotate the Service with ${exportAnnotation}: "${exposure.namespaces.join(',') || '~'}"`,
    });
  },
});

/** Whether the Service says so already, where the configuration goes. */
const isAnnotated = ({ service, namespaces }: ServiceExposure, snapshot: Snapshot): boolean => {
  const [namespace = '', name = ''] = service.split('/');
  const object = snapshot.find('', 'Service', namespace, name);
  const text = object && metadataOf(object).annotations[exportAnnotation];
  return text !== undefined && exportedTo(text.split(','), namespace).join() === namespaces.join();
};
