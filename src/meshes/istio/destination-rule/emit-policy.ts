import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import { emitClientTls } from './client-tls.ts';
import { emitConnectionPool } from './connection-pool.ts';
import { emitLoadBalancing } from './load-balancer.ts';
import { emitLocality, isUsefulLocality } from './locality.ts';
import { emitOutlierDetection } from './outlier-detection.ts';
import { emitRetryBudget, emitTunnel } from './rest.ts';

type Block = Readonly<Record<string, unknown>>;

const part = (key: string, value: Block | undefined): Block => (value ? { [key]: value } : {});

/** The four parts that a port can have for itself. */
export const emitPortParts = (settings: DestinationSettings): Block => {
  const { loadBalancing, locality, connectionLimits, outlierDetection, tls } = settings;
  const balancer = {
    ...(loadBalancing ? emitLoadBalancing(loadBalancing) : {}),
    ...(isUsefulLocality(locality) ? emitLocality(locality) : {}),
  };
  return {
    ...part('loadBalancer', Object.keys(balancer).length > 0 ? balancer : undefined),
    ...part('connectionPool', connectionLimits && emitConnectionPool(connectionLimits)),
    ...part('outlierDetection', outlierDetection && emitOutlierDetection(outlierDetection)),
    ...part('tls', tls && emitClientTls(tls)),
  };
};

/** All settings as a traffic policy. */
export const emitPolicy = (settings: DestinationSettings): Block => {
  const { tunnel, proxyProtocol, retryBudget } = settings;
  return {
    ...emitPortParts(settings),
    ...part('tunnel', tunnel && emitTunnel(tunnel)),
    ...part('proxyProtocol', proxyProtocol === undefined ? undefined : { version: proxyProtocol }),
    ...part('retryBudget', retryBudget && emitRetryBudget(retryBudget.value)),
  };
};

/** A pool that says nothing, and yet takes the place of the host's; one without any part is refused. */
const emptyPool: Block = { tcp: {} };

/** The policy of a subset beside that of its host, from which it takes over each part that it does not have. */
export const emitBeside = (subset: DestinationSettings, host: DestinationSettings | undefined): Block => {
  const isPoolless = host !== undefined && 'connectionPool' in emitPolicy(host);
  return { ...(isPoolless ? { connectionPool: emptyPool } : {}), ...emitPolicy(subset) };
};

/** Whether that says all that the settings of the subset mean: it must leave no part open that the host has. */
export const standsBeside = (subset: DestinationSettings, host: DestinationSettings | undefined): boolean => {
  const own = emitBeside(subset, host);
  return !host || Object.keys(emitPolicy(host)).every(key => key in own);
};
