import type { Field } from '../../../base/field.ts';
import { unique } from '../../../base/order.ts';
import { meshDefault } from '../../../base/source.ts';
import type { DestinationSettings, DestinationTarget } from '../../../model/capabilities/destination.ts';
import type { Labels } from '../../../model/scope.ts';
import type { Reading } from '../reading.ts';
import { entryOf } from '../service-entry/entry-of.ts';
import { readClientTls } from './client-tls.ts';
import { readConnectionLimits } from './connection-pool.ts';
import { reportEjection } from './ejection.ts';
import { withoutIdle } from './idle.ts';
import { readLoadBalancing } from './load-balancer.ts';
import { isUsefulLocality, readLocality, reportFailover } from './locality.ts';
import { readOutlierDetection } from './outlier-detection.ts';
import type { Placed } from './placement.ts';
import { type Policy, policyFor, portsOf } from './policy.ts';
import { readProxyProtocol, readRetryBudget, readTunnel } from './rest.ts';
import { policyOf, type RuleGroup } from './rules.ts';

/**
 * How clients treat destinations, as one list in which the first that fits says everything: for each host the subsets
 * on single ports, the subsets, single ports, then the host as a whole.
 */
export const readDestinations = (reading: Reading, placed: readonly Placed[]): DestinationSettings[] =>
  withoutIdle([...placed.flatMap(place => settingsOf(reading, place)), ...meshWide(reading)]);

const settingsOf = (reading: Reading, { group, clients, target }: Placed): DestinationSettings[] => {
  const who = [clients.namespaces?.join(',') ?? '', ...Object.entries(clients.labels ?? {}).map(l => l.join('='))];
  const seenBy = who.filter(text => text !== '').join(' ');
  const name = target.service ?? target.hosts?.join(',') ?? '';
  const id = seenBy === '' ? name : `${name} for ${seenBy}`;
  if (!group) return [{ id, clients, target }];
  return variantsOf(group).map(({ policy, subset, port, source }) => ({
    id: `${id}${subset ? ` subset ${subset.name}` : ''}${port === undefined ? '' : ` port ${port}`}`,
    clients,
    target: { ...target, ...(port === undefined ? {} : { port }), ...(subset ? { subset } : {}) },
    ...partsOf(reading, policy, { ...target, ...(subset ? { subset } : {}) }),
    source,
  }));
};

interface Variant {
  readonly policy: Policy;
  readonly subset?: { readonly name: string; readonly labels: Labels };
  readonly port?: number;
  readonly source: Field;
}

/** Subsets without a policy of their own are treated as the host is. */
const variantsOf = (group: RuleGroup): Variant[] => {
  const host = policyOf(group);
  const variants: Variant[] = [];
  for (const [name, field] of group.subsets) {
    const own = field.at('trafficPolicy');
    if (!own) continue;
    own.isEmptyObject();
    const subset = { name, labels: field.textMap('labels') ?? {} };
    for (const port of unique([...portsOf(own), ...portsOf(host)])) {
      variants.push({ policy: policyFor(host, own, port), subset, port, source: own });
    }
    variants.push({ policy: policyFor(host, own), subset, source: own });
  }
  const source = host ?? group.rules[0]!.spec;
  for (const port of unique(portsOf(host))) variants.push({ policy: policyFor(host, undefined, port), port, source });
  host?.isEmptyObject();
  variants.push({ policy: policyFor(host, undefined), source });
  return variants;
};

type Parts = Omit<DestinationSettings, 'id' | 'clients' | 'target' | 'source'>;

const partsOf = (reading: Reading, policy: Policy, target: DestinationTarget): Parts => {
  const { config } = reading;
  const loadBalancing = readLoadBalancing(policy.loadBalancer);
  const outlierDetection = readOutlierDetection(policy.outlierDetection) ?? config.defaultOutlierDetection;
  if (outlierDetection && policy.outlierDetection) reportEjection(reading, outlierDetection, target);
  if (!outlierDetection) reportFailover(reading, policy.loadBalancer);
  const locality = readLocality(policy.loadBalancer, outlierDetection !== undefined, config.locality);
  const connectionLimits =
    readConnectionLimits(policy.connectionPool, config.connectTimeoutMs) ?? config.defaultConnectionLimits;
  const tls = readClientTls(policy.tls, () => namesOf(reading, target)) ?? automaticTls(reading);
  const retryBudget = readRetryBudget(policy.retryBudget);
  const tunnel = readTunnel(policy.tunnel);
  const proxyProtocol = readProxyProtocol(policy.proxyProtocol);
  return {
    ...(loadBalancing ? { loadBalancing } : {}),
    ...(isUsefulLocality(locality) ? { locality } : {}),
    ...(connectionLimits ? { connectionLimits } : {}),
    ...(outlierDetection ? { outlierDetection } : {}),
    ...(tls ? { tls } : {}),
    ...(retryBudget ? { retryBudget } : {}),
    ...(tunnel ? { tunnel } : {}),
    ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
  };
};

/** What a ServiceEntry says of the names in its server's certificate. */
const namesOf = ({ directory, snapshot }: Reading, { service }: DestinationTarget): readonly string[] | undefined => {
  const found = service === undefined ? undefined : directory.find(service);
  return found && entryOf(found, snapshot)?.texts('subjectAltNames');
};

/** Where the mesh does not choose mutual TLS by itself, clients send what the application sent. */
const automaticTls = ({ config }: Reading): DestinationSettings['tls'] =>
  config.enableAutoMtls.value ? undefined : { mode: meshDefault('none', config.enableAutoMtls.source) };

/** What MeshConfig says for all destinations of which no rule speaks. */
const meshWide = (reading: Reading): DestinationSettings[] => {
  const parts = partsOf(reading, {}, {});
  if (Object.keys(parts).length === 0) return [];
  return [
    {
      id: 'every service',
      clients: { mesh: reading.mesh.id },
      target: { hosts: ['*'], servicesOnly: true },
      ...parts,
    },
  ];
};
