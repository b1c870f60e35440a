import type { Field } from '../../../base/field.ts';

/** A traffic policy as one set of endpoints sees it on one port: each part from the place that counts. */
export interface Policy {
  readonly loadBalancer?: Field;
  readonly connectionPool?: Field;
  readonly outlierDetection?: Field;
  readonly tls?: Field;
  readonly tunnel?: Field;
  readonly proxyProtocol?: Field;
  readonly retryBudget?: Field;
}

/** The four parts that a port can have for itself. */
type PortParts = Pick<Policy, 'loadBalancer' | 'connectionPool' | 'outlierDetection' | 'tls'>;

const maybe = <K extends string>(key: K, field: Field | undefined): { [P in K]?: Field } =>
  field ? ({ [key]: field } as { [P in K]?: Field }) : {};

const portParts = (policy: Field): PortParts => ({
  ...maybe('loadBalancer', policy.at('loadBalancer')),
  ...maybe('connectionPool', policy.at('connectionPool')),
  ...maybe('outlierDetection', policy.at('outlierDetection')),
  ...maybe('tls', policy.at('tls')),
});

const otherParts = (policy: Field): Omit<Policy, keyof PortParts> => ({
  ...maybe('tunnel', policy.at('tunnel')),
  ...maybe('proxyProtocol', policy.at('proxyProtocol')),
  ...maybe('retryBudget', policy.at('retryBudget')),
});

/** The ports for which a policy has settings of their own. */
export const portsOf = (policy: Field | undefined): readonly number[] =>
  policy?.list('portLevelSettings').flatMap(port => port.find('port')?.number('number') ?? []) ?? [];

const portLevel = (policy: Field, port: number | undefined): Field | undefined =>
  port === undefined
    ? undefined
    : policy.list('portLevelSettings').find(level => level.find('port')?.number('number') === port);

/** Settings of a port take the place of everything else there is: nothing is inherited (observed, row 20.3). */
const forAll = (policy: Field, port: number | undefined): Policy => {
  const level = portLevel(policy, port);
  return level ? portParts(level) : { ...portParts(policy), ...otherParts(policy) };
};

/**
 * A subset's parts take the place of the host's, each as a whole: a connection pool with one setting leaves nothing of the
 * host's (observed in a sidecar's configuration; pilot, Istio 1.31: `MergeTrafficPolicy`). Settings of a port within the
 * subset replace all four parts that they can have.
 */
export const policyFor = (host: Field | undefined, subset: Field | undefined, port?: number): Policy => {
  const base: Policy = host ? forAll(host, port) : {};
  if (!subset) return base;
  const level = portLevel(subset, port);
  if (!level) return { ...base, ...portParts(subset), ...otherParts(subset) };
  const { loadBalancer: _lb, connectionPool: _pool, outlierDetection: _outlier, tls: _tls, ...rest } = base;
  return { ...rest, ...portParts(level) };
};
