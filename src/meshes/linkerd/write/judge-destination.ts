import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { FieldOf, Judge } from '../../../adapter/judge.ts';
import { proxyDefault } from '../../../base/source.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { LoadBalancing } from '../../../model/capabilities/load-balancing.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import type { UpstreamTls } from '../../../model/capabilities/upstream-tls.ts';
import type { MeshDefaults } from '../../../model/mesh.ts';
import { selects } from '../../../model/scope.ts';
import type { Judging } from './judging.ts';

type DestinationJudge = Pick<
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
  | 'telemetry'
  | 'meshDefault'
>;

/** How a destination is treated: circuit breaking is all that Linkerd lets be set, by annotations of the Service. */
export const destinationJudge = (judging: Judging): DestinationJudge => ({
  destination: () => 'applied',
  loadBalancing: balancingVerdict,
  locality: () => refused('locality', 'endpoints are preferred by the topology hints of their Service alone'),
  connectionLimit: limit =>
    limit.field === 'connectTimeoutMs' && limit.value.value === 1000
      ? 'applied'
      : refused('connection-limits', `there is no ${limit.field} for a destination`),
  outlier: (setting, at) => outlierVerdict(setting, at, judging),
  upstreamTls: (tls, at) => upstreamVerdict(tls, at, judging),
  retryBudget: () =>
    refused('retry-budget', 'a budget can only be set in a ServiceProfile, which would end all routes of the service'),
  tunnel: () => refused('tunnel', 'traffic cannot be put into a tunnel'),
  proxyProtocol: () => refused('proxy-protocol', 'there is no word for the PROXY protocol'),
  telemetry: () =>
    refused('telemetry', 'logs, traces and metrics are set at installation', {
      workaround: 'set proxy.accessLog and proxy.tracing in the chart',
    }),
  meshDefault: setting => defaultVerdict(setting, judging),
});

const balancingVerdict = (value: LoadBalancing): Verdict<LoadBalancing> => {
  const { kind } = value.algorithm.value;
  if (kind === 'peakEwma' && !value.warmup) return 'applied';
  if (kind === 'consistentHash') {
    return refused('consistent-hash', 'there is no sticky balancing', {
      workaround: 'keep the state of sessions outside the endpoints',
    });
  }
  if (kind === 'passthrough') return refused('load-balancing', 'the address that was dialled is balanced all the same');
  const peak: LoadBalancing = {
    algorithm: proxyDefault({ kind: 'peakEwma' }),
    ...(value.source ? { source: value.source } : {}),
  };
  return approximated(peak, 'load-balancing', 'endpoints are picked by peak latency, two at random at a time');
};

/** Settings of all clients for all endpoints of a Service of the cluster: what its annotations can say. */
const isWhole = ({ clients, target }: DestinationSettings, judging: Judging): boolean => {
  if (clients.namespaces || clients.labels || clients.gateway || target.subset || !target.service) return false;
  const ports = judging.portsOf(target.service);
  return target.port === undefined || (ports.length === 1 && ports[0] === target.port);
};

/** The first whole settings of a service decide for its annotations. */
const isFirst = (at: DestinationSettings, judging: Judging): boolean =>
  judging.model.destinations.find(({ target }) => target.service === at.target.service)?.id === at.id;

const outlierVerdict = (
  setting: FieldOf<OutlierDetection>,
  at: DestinationSettings,
  judging: Judging,
): Verdict<FieldOf<OutlierDetection>> => {
  if (!isWhole(at, judging) || !isFirst(at, judging)) {
    return refused('outlier-scope', 'circuit breaking is set for a whole Service and all its clients', {
      workaround: 'annotate the Service that clients dial',
    });
  }
  if (!judging.serviceObject(at.target.service ?? '')) {
    return refused(
      'outlier-service',
      `circuit breaking is an annotation of Service \`${at.target.service}\`, which is not in the input`,
      {
        workaround: 'add the Service to the input',
      },
    );
  }
  if (isBreaker(at.outlierDetection)) return breakerVerdict(setting);
  return refused('outlier-detection', 'endpoints are taken out after failures in a row, and none are counted here', {
    effect: isIdle(at.outlierDetection) ? 'none' : 'differs',
  });
};

/** Failures of any kind in a row are what Linkerd counts. */
export const isBreaker = (outlier: OutlierDetection | undefined): boolean => (outlier?.consecutive5xx?.value ?? 0) > 0;

const isIdle = (outlier: OutlierDetection | undefined): boolean =>
  !isBreaker(outlier) && !outlier?.consecutiveGatewayErrors?.value && !outlier?.consecutiveLocalFailures?.value;

const breakerVerdict = (setting: FieldOf<OutlierDetection>): Verdict<FieldOf<OutlierDetection>> => {
  const whole = (loss: string): Verdict<FieldOf<OutlierDetection>> => {
    if (Number.isInteger(setting.value.value)) return 'applied';
    return refused('outlier-precision', loss);
  };
  switch (setting.field) {
    case 'consecutive5xx':
    case 'jitterRatio':
      return 'applied';
    case 'baseEjectionMs':
    case 'maxEjectionMs':
      return whole('times are whole milliseconds');
    case 'maxEjectionPercent':
      return setting.value.value === 100
        ? 'applied'
        : approximated(
            { ...setting, value: proxyDefault(100) },
            'outlier-limits',
            'all endpoints may be taken out at once',
          );
    case 'minHealthPercent':
      return refused('outlier-limits', 'endpoints are taken out however few are left', {
        effect: setting.value.value === 0 ? 'none' : 'differs',
      });
    case 'intervalMs':
      return refused('outlier-interval', 'failures are counted as they happen, not at intervals');
    default:
      return refused('outlier-detection', `there is no word for ${setting.field}`);
  }
};

/**
 * Meshed clients encrypt towards meshed endpoints by themselves. To demand it cannot be said, and matters only where an
 * endpoint is outside the mesh; ordinary TLS is not opened at all.
 */
const upstreamVerdict = (tls: UpstreamTls, at: DestinationSettings, judging: Judging): Verdict<UpstreamTls> => {
  const { value: mode } = tls.mode;
  if (mode === 'automatic') return 'applied';
  if (mode === 'none') {
    return refused('upstream-tls', 'traffic between proxies of the mesh is encrypted all the same');
  }
  if (mode === 'mesh') {
    const bare = endpointsOutside(at, judging);
    const value: UpstreamTls = {
      mode: { ...tls.mode, value: 'automatic' },
      ...(tls.source ? { source: tls.source } : {}),
    };
    const message = 'mesh mTLS is opened wherever the endpoint has a proxy';
    if (bare.length === 0) return approximated(value, 'upstream-tls', message, { effect: 'none' });
    return approximated(value, 'upstream-tls', `${message}, and \`${bare.join(', ')}\` has none`, {
      severity: 'security',
      workaround: 'mesh the workload before',
    });
  }
  return refused('upstream-tls', 'Linkerd opens no TLS of the user’s own', {
    severity: 'security',
    workaround: 'let the application open TLS',
  });
};

const endpointsOutside = ({ target }: DestinationSettings, judging: Judging): readonly string[] => {
  const service = judging.services.get(target.service ?? '');
  if (service?.endpoints.kind !== 'pods') return [];
  const { namespace, labels } = service.endpoints;
  const wanted = { ...labels, ...target.subset?.labels };
  return judging.model.inventory.workloads
    .filter(
      workload =>
        workload.namespace === namespace && selects(wanted, workload.labels) && workload.memberships.length === 0,
    )
    .map(({ id }) => id);
};

/** What Linkerd does by itself takes the place of what the other mesh did by itself. */
const defaultVerdict = (setting: FieldOf<MeshDefaults>, judging: Judging): Verdict<FieldOf<MeshDefaults>> => {
  const { defaults } = judging.target;
  switch (setting.field) {
    case 'retries': {
      const none = { max: proxyDefault(0), on: proxyDefault([] as const) };
      return approximated(
        { field: 'retries', value: none },
        'default-retries',
        'services without routes are not tried again',
      );
    }
    case 'timeouts':
      return approximated(
        { field: 'timeouts', value: { request: proxyDefault(0) } },
        'default-timeouts',
        'services without routes have no timeout',
      );
    case 'loadBalancing':
      return approximated(
        { field: 'loadBalancing', value: defaults.loadBalancing },
        'load-balancing',
        'endpoints are picked by peak latency, two at random at a time',
      );
    case 'connectionLimits':
      return refused('connection-limits', 'a connection has to stand after one second');
    case 'access':
      if (setting.value.value === 'deny') {
        return refused('default-access', 'callers that no policy speaks of would be let in', {
          severity: 'security',
          workaround: 'install Linkerd with proxy.defaultInboundPolicy=deny',
        });
      }
      return approximated(
        { field: 'access', value: defaults.access },
        'default-access',
        'callers that no policy speaks of are refused',
      );
    default:
      return refused('default', `the default for ${setting.field} is Linkerd’s own`);
  }
};
