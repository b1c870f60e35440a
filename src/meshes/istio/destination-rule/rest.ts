import type { Field } from '../../../base/field.ts';
import { type Setting, written } from '../../../base/source.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { RetryBudget } from '../../../model/capabilities/retries.ts';

/**
 * What a budget without numbers allows: 20 percent (observed in a sidecar's configuration, a development build of 1.31;
 * pilot, `applyRetryBudget`). Builds before it told the proxy 0.2.
 */
export const silentBudget = { percent: 20, minConcurrent: 3 } as const;

export const readRetryBudget = (field: Field | undefined): Setting<RetryBudget> | undefined => {
  if (!field) return undefined;
  field.isEmptyObject();
  field.at('budgetInterval')?.leave('the proxy is not told; it looks at what is under way');
  const minConcurrent = field.number('minRetryConcurrency');
  return written(
    {
      percent: field.number('percent') ?? silentBudget.percent,
      minConcurrent: minConcurrent || silentBudget.minConcurrent,
    },
    field,
  );
};

export const emitRetryBudget = ({ percent, minConcurrent }: RetryBudget): Record<string, unknown> => ({
  percent,
  ...(minConcurrent === undefined ? {} : { minRetryConcurrency: minConcurrent }),
});

/** The tunnel is for TCP and TLS; CONNECT unless said otherwise. */
export const readTunnel = (field: Field | undefined): DestinationSettings['tunnel'] => {
  const host = field?.text('targetHost');
  const port = field?.number('targetPort');
  if (!field || host === undefined || port === undefined) return undefined;
  return { protocol: field.text('protocol') ?? 'CONNECT', host, port };
};

export const emitTunnel = (tunnel: NonNullable<DestinationSettings['tunnel']>): Record<string, unknown> => ({
  protocol: tunnel.protocol,
  targetHost: tunnel.host,
  targetPort: tunnel.port,
});

/** The version of the PROXY protocol header that goes ahead of the bytes: `V1` unless said otherwise. */
export const readProxyProtocol = (field: Field | undefined): string | undefined => {
  if (!field) return undefined;
  field.isEmptyObject();
  return field.text('version') ?? 'V1';
};
