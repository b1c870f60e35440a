import type { DestinationSettings } from '../../../../src/model/capabilities/destination.ts';
import type { BalancingAlgorithm, HashKey } from '../../../../src/model/capabilities/load-balancing.ts';
import type { Backend, Rule } from '../../../../src/model/frontend.ts';
import type { Model } from '../../../../src/model/model.ts';
import { selects } from '../../../../src/model/scope.ts';
import { Lookup } from '../../../../src/verify/lookup/lookup.ts';
import { callerIn } from '../../../trial/trial.ts';
import type { Fact } from '../../oracle.ts';
import { endsText, fact, milliseconds, nameOf, retriesText } from './words.ts';

const bare = (service: string): string => service.split('/').at(-1) ?? service;

const backendName = (backend: Backend): string =>
  backend.kind === 'service' ? nameOf(bare(backend.service), backend.subset?.name) : 'nobody';

const keyText = (key: HashKey): string => ('name' in key ? `${key.kind} ${key.name}` : key.kind);

const balancingText = (algorithm: BalancingAlgorithm): string =>
  algorithm.kind === 'consistentHash' ? `${algorithm.table.kind} by ${keyText(algorithm.on)}` : algorithm.kind;

/** Rules up to the first that takes everything: what comes later is for nobody. */
const effective = (rules: readonly Rule[]): readonly Rule[] => {
  const last = rules.findIndex(({ match: { source: _, path, ...more } }) => {
    const isWide = path === undefined || (path.kind === 'prefix' && path.value === '/');
    return isWide && Object.keys(more).length === 0;
  });
  return last < 0 ? rules : rules.slice(0, last + 1);
};

const ofRule = ({ action }: Rule, index: number): readonly Fact[] => {
  const { target, timeouts, retries, rewrite } = action;
  if (target.kind !== 'forward') return [];
  const place = `route ${index + 1}`;
  const total = target.backends.reduce((sum, { weight }) => sum + weight.value, 0);
  const ends = target.backends.map(({ backend, weight }) => ({
    name: backendName(backend),
    percent: (100 * weight.value) / total,
  }));
  const request = timeouts?.request?.value;
  const idle = timeouts?.idle?.value;
  return [
    fact('ends', place, endsText(ends)),
    fact('timeout', place, request === undefined ? 'none' : milliseconds(request)),
    fact('idle timeout', place, idle ? milliseconds(idle) : 'none'),
    fact('retries', place, retries ? retriesText(retries.max.value, retries.on.value) : 'none'),
    fact('rewrite', place, rewrite?.path && 'value' in rewrite.path ? rewrite.path.value : 'none'),
  ];
};

const ofEnd = (model: Model, backend: Backend): readonly Fact[] => {
  if (backend.kind !== 'service') return [];
  const { service: id, subset } = backend;
  const service = model.inventory.services.find(one => one.id === id);
  if (!service) return [];
  const sender = callerIn(model, 'shop/client');
  const [mesh] = model.meshes;
  if (sender.kind !== 'workload' || !mesh) return [];
  const asked = { service, host: service.hosts[0] ?? '', ...(subset ? { subset } : {}) };
  const { namespace, labels } = sender;
  const from = { mesh: mesh.id, namespace, labels } as const;
  const settings: Partial<DestinationSettings> =
    Lookup.of(model).destinations.settingsFor(asked, from) ?? mesh.defaults;
  const limits = settings.connectionLimits ?? {};
  const outliers = settings.outlierDetection ?? {};
  const numbers = (...all: readonly ({ readonly value: number } | undefined)[]): string =>
    all.map(setting => setting?.value ?? 'none').join(' ');
  const place = backendName(backend);
  return [
    fact('time to connect', place, milliseconds(limits.connectTimeoutMs?.value ?? 0)),
    fact('balancing', place, settings.loadBalancing ? balancingText(settings.loadBalancing.algorithm.value) : 'none'),
    fact(
      'failover',
      place,
      (settings.locality?.fallbacks ?? []).map(to => nameOf(bare(to.service), to.subset?.name)).join(', ') || 'none',
    ),
    fact(
      'limits',
      place,
      numbers(limits.maxConnections, limits.maxPendingRequests, limits.maxRequests, limits.maxConcurrentRetries),
    ),
    fact(
      'ejection',
      place,
      numbers(outliers.consecutive5xx, outliers.intervalMs, outliers.baseEjectionMs, outliers.maxEjectionPercent),
    ),
  ];
};

/** What the model says of a service as `shop/client` calls it. */
export const factsOfModel = (model: Model, service: string): readonly Fact[] => {
  const sender = callerIn(model, 'shop/client');
  const frontend = model.frontends.find(
    ({ listens, clients }) =>
      listens.kind === 'service' &&
      listens.service === service &&
      (!clients.labels || (sender.kind === 'workload' && selects(clients.labels, sender.labels))),
  );
  const self: Backend = { kind: 'service', service };
  if (!frontend)
    return [
      fact('routes', bare(service), '1'),
      fact('ends', 'route 1', endsText([{ name: bare(service), percent: 100 }])),
      fact('timeout', 'route 1', milliseconds(15_000)),
      ...['idle timeout', 'retries', 'rewrite'].map(about => fact(about, 'route 1', 'none')),
      ...ofEnd(model, self),
    ];
  const rules = effective(frontend.rules);
  const backends = rules.flatMap(({ action: { target } }) =>
    target.kind === 'forward' ? target.backends.map(({ backend }) => backend) : [],
  );
  return [
    fact('routes', bare(service), String(rules.length)),
    ...rules.flatMap(ofRule),
    ...backends.flatMap(backend => ofEnd(model, backend)),
  ];
};
