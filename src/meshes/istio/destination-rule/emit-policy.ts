import type { ConnectionLimits } from '../../../model/capabilities/connection-limits.ts';
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

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null;

const poolParts = (limits: ConnectionLimits | undefined): string[] => {
  const pool = limits ? (emitConnectionPool(limits) ?? {}) : {};
  return Object.entries(pool).flatMap(([layer, block]) =>
    isBlock(block) ? Object.keys(block).map(key => `${layer}.${key}`) : [],
  );
};

/**
 * Whether a subset's policy alone says all that these settings mean, though what it leaves open is taken from the host's:
 * then it must leave nothing open that the host has.
 */
export const standsBeside = (subset: DestinationSettings, host: DestinationSettings | undefined): boolean => {
  if (!host) return true;
  const own = emitPolicy(subset);
  const pool = new Set(poolParts(subset.connectionLimits));
  return (
    Object.keys(emitPolicy(host)).every(key => key === 'connectionPool' || key in own) &&
    poolParts(host.connectionLimits).every(key => pool.has(key))
  );
};
