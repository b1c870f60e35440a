import type { WriteTarget } from '../../../adapter/adapter.ts';
import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { Judge } from '../../../adapter/judge.ts';
import { isSame } from '../../../base/same.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Model } from '../../../model/model.ts';
import { placed } from '../gateway/judge.ts';
import { isWritableTls } from './client-tls.ts';
import { standsBeside } from './emit-policy.ts';
import { coversClients } from './idle.ts';
import { isUsefulLocality, withoutFailover, withoutFallbacks } from './locality.ts';
import { isMaglevSize, withMaglevSize } from './maglev.ts';
import { writableOutlierSettings } from './outlier-detection.ts';
import { silentBudget } from './rest.ts';

/** Settings of one port are written in a block that has no room for these. */
const notForPort = (what: string) =>
  refused('destination-port', `${what} can be set for a whole destination, not for one of its ports`, {
    workaround: 'give the port a Service of its own',
  });

const isForPort = (at: DestinationSettings): boolean => at.target.port !== undefined;

/** What a DestinationRule can say of a destination. */
export const destinationJudge = (
  model: Model,
  target: WriteTarget,
): Pick<
  Judge,
  | 'destination'
  | 'loadBalancing'
  | 'locality'
  | 'connectionLimit'
  | 'outlier'
  | 'upstreamTls'
  | 'retryBudget'
  | 'tunnel'
  | 'proxyProtocol'
> => ({
  destination: settings => {
    if (settings.clients.gateway !== undefined) return forGateway(settings, model, target);
    const { clients, target: asked } = settings;
    const severity = severityOf(settings);
    if (clients.labels !== undefined && clients.namespaces === undefined) {
      return refused('destination-clients', 'clients can be picked by labels within a namespace, not everywhere', {
        severity,
        workaround: 'write the rule once for each namespace of clients',
      });
    }
    if (asked.subset && !asked.subset.labels) {
      const message = `nothing in the input says what the subset \`${asked.subset.name}\` is`;
      return refused('destination-subset', message, { severity });
    }
    const problem = asked.subset && inherits(settings, model);
    return problem
      ? refused('destination-subset', problem.message, { severity, workaround: problem.workaround })
      : 'applied';
  },
  loadBalancing: balancing => {
    const algorithm = balancing.algorithm.value;
    if (algorithm.kind === 'consistentHash' && algorithm.table.kind === 'maglev') {
      return isMaglevSize(algorithm.table.size) ? 'applied' : withMaglevSize(balancing);
    }
    if (algorithm.kind !== 'peakEwma') return 'applied';
    return approximated(
      { ...balancing, algorithm: { ...balancing.algorithm, value: { kind: 'leastRequest' } } },
      'load-balancing-ewma',
      'endpoints are picked by the fewest requests under way, not by the lowest latency',
    );
  },
  locality: (locality, at) => {
    if (locality.fallbacks) return withoutFallbacks(locality);
    const { distribute: _distribute, ...shareless } = locality;
    if (locality.zoneAware && locality.distribute) {
      return approximated(shareless, 'locality-shares', 'fixed shares and zone awareness cannot be had at once');
    }
    if (!(locality.failover ?? locality.priority) || detectsOutliers(at)) return 'applied';
    const message = 'without outlier detection nothing tells that endpoints fail, and nothing goes elsewhere';
    const workaround = 'set outlier detection for the destination as well';
    const rest = withoutFailover(locality);
    return isUsefulLocality(rest)
      ? approximated(rest, 'locality-failover', message, { workaround })
      : refused('locality-failover', message, { workaround });
  },
  connectionLimit: ({ field, value }, at) => {
    if (field === 'tcpIdleMs' && at.connectionLimits?.httpIdleMs === undefined) {
      return refused('connection-idle', 'an idle timeout for TCP alone would close idle HTTP connections as well', {
        workaround: 'say an idle timeout for HTTP too',
      });
    }
    const isZero = 'value' in value && value.value === 0;
    if (isZero) return refused('connection-limit-zero', 'a limit of zero is read as no limit');
    return 'applied';
  },
  outlier: ({ field, value }) => {
    if (!writableOutlierSettings.has(field)) {
      return refused('outlier-limits', `nothing can be said about \`${field}\`; the proxy's own value holds`);
    }
    if (field === 'maxEjectionPercent' && value.value === 0) {
      return refused('outlier-limits', 'a largest share of zero is read as 10 percent');
    }
    return 'applied';
  },
  upstreamTls: tls => {
    if (!isWritableTls(tls)) {
      return refused('upstream-tls-certificates', 'certificates are taken from files, or all from one secret', {
        severity: 'security',
        workaround: 'put the certificate, its key and the authority into one Secret beside the client',
      });
    }
    const isOpen = (tls.mode.value === 'tls' || tls.mode.value === 'mutual') && !tls.authorities && !tls.unverified;
    if (!isOpen) return 'applied';
    return approximated(
      { ...tls, authorities: ['system'] },
      'upstream-tls-authorities',
      'where no authority is named the system’s are asked',
      { effect: 'none' },
    );
  },
  retryBudget: (budget, at) => {
    if (isForPort(at)) return notForPort('a retry budget');
    const { minPerSecond, intervalMs, minConcurrent = silentBudget.minConcurrent, percent } = budget.value;
    const value = { ...budget, value: { percent, minConcurrent } };
    if (minPerSecond === undefined && intervalMs === undefined) {
      if (budget.value.minConcurrent !== undefined) return 'applied';
      return approximated(value, 'retry-budget', `${minConcurrent} retries at once are always allowed`);
    }
    return approximated(
      value,
      'retry-budget',
      `the budget is a share of what is under way, not of a time, and ${minConcurrent} retries at once are always allowed`,
    );
  },
  tunnel: (_tunnel, at) => (isForPort(at) ? notForPort('a tunnel') : 'applied'),
  proxyProtocol: (version, at) => {
    if (isForPort(at)) return notForPort('the PROXY protocol');
    return version === 'V1' || version === 'V2'
      ? 'applied'
      : refused('proxy-protocol', `version \`${version}\` of the PROXY protocol is not spoken`);
  },
});

/** What is set for one gateway is set for the pods that run it; said once where several gateways share their pods. */
const forGateway = (settings: DestinationSettings, model: Model, target: WriteTarget): Verdict<DestinationSettings> => {
  const clients = podsClients(settings, model, target);
  if (!clients) {
    const { gateway } = settings.clients;
    return refused('destination-clients', `gateway \`${gateway}\` is not in the input`, {
      severity: severityOf(settings),
    });
  }
  const value: DestinationSettings = { ...settings, clients };
  const isSame = (other: DestinationSettings): boolean =>
    JSON.stringify([podsClients(other, model, target), other.target]) === JSON.stringify([clients, settings.target]);
  const earlier = model.destinations.slice(0, model.destinations.indexOf(settings)).find(isSame);
  if (earlier) {
    return refused('destination-clients', `\`${earlier.id}\` is for the same pods`, { effect: 'none' });
  }
  return approximated(value, 'destination-clients', 'it is set for the pods that run the gateway', { effect: 'none' });
};

const severityOf = ({ tls }: DestinationSettings): 'security' | 'behaviour' => (tls ? 'security' : 'behaviour');

const podsClients = (
  { clients }: DestinationSettings,
  model: Model,
  target: WriteTarget,
): DestinationSettings['clients'] | undefined => {
  const gateway = model.inventory.gateways.find(({ id }) => id === clients.gateway);
  if (!gateway) return undefined;
  const { podNamespace, namespace, labels } = placed(gateway, model, target);
  return { mesh: target.mesh.id, namespaces: [podNamespace ?? namespace], labels };
};

/** Whether any setting is left that looks for failing endpoints. */
const detectsOutliers = ({ outlierDetection }: DestinationSettings): boolean =>
  Object.keys(outlierDetection ?? {}).some(field => writableOutlierSettings.has(field));

/**
 * Why a subset would be given what is set for the whole service: it leaves some of that open, and cannot say port by port
 * what it is to have. A port has no word for a budget, a tunnel or the PROXY protocol, which are then the service's.
 */
const inherits = (settings: DestinationSettings, model: Model): { message: string; workaround: string } | undefined => {
  const { service, hosts, port } = settings.target;
  const whole = model.destinations.find(
    ({ target, clients }) =>
      target.service === service &&
      isSame(target.hosts, hosts) &&
      target.subset === undefined &&
      target.port === undefined &&
      coversClients(clients, settings.clients),
  );
  if (port !== undefined || standsBeside(settings, whole)) return undefined;
  const isKnown = model.inventory.services.some(({ id, ports }) => id === service && ports.length > 0);
  if (!isKnown) {
    return {
      message: 'a subset takes over what is set for the whole service, and its ports are unknown',
      workaround: 'add the Service to the input',
    };
  }
  const unsaid = ({ tunnel, proxyProtocol, retryBudget }: Partial<DestinationSettings>): string =>
    JSON.stringify([tunnel, proxyProtocol, retryBudget?.value]);
  return unsaid(settings) === unsaid(whole ?? {})
    ? undefined
    : {
        message: 'a subset takes over the retry budget, the tunnel and the PROXY protocol of the whole service',
        workaround: 'set for the subset everything that is set for the service',
      };
};
