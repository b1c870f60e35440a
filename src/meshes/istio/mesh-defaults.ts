import { refused } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';

/**
 * What the source mesh did without being told, where Istio does something else (meshes.md A.1.3). Routes say all that they
 * mean, so this is about services without routes and settings that nobody wrote. Mesh configuration is not ours to write.
 */
export const meshDefaultVerdict: Judge['meshDefault'] = setting => {
  const differs = (message: string, workaround: string) =>
    refused(`default-${setting.field}`, `where nothing is said, ${message}`, { workaround });
  switch (setting.field) {
    case 'retries':
      return differs(
        'a request that could not be sent is tried twice more',
        'set meshConfig.defaultHttpRetryPolicy, or write routes for the services that need it',
      );
    case 'timeouts':
      return differs('a request may take as long as it takes', 'write routes for the services that need a timeout');
    case 'loadBalancing':
      return differs(
        'the endpoint with the fewest requests is picked',
        'write a DestinationRule for the hosts that need another algorithm',
      );
    case 'connectionLimits':
      return differs(
        'a connection that is not there after ten seconds has failed, and nothing else is limited',
        'set meshConfig.defaultTrafficPolicy, or write a DestinationRule for the hosts that need limits',
      );
    case 'outlierDetection':
      return differs('no endpoint is taken out', 'write a DestinationRule for the hosts that need it');
    case 'access':
      // A policy for the whole mesh says it, see security/writing.
      return 'applied';
  }
};
