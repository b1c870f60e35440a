import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { FieldOf, Judge } from '../../../adapter/judge.ts';
import { isSame } from '../../../base/same.ts';
import { proxyDefault } from '../../../base/source.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { LoadBalancing } from '../../../model/capabilities/load-balancing.ts';
import type { Locality } from '../../../model/capabilities/locality.ts';
import type { UpstreamTls } from '../../../model/capabilities/upstream-tls.ts';
import type { MeshDefaults } from '../../../model/mesh.ts';
import { usualSettings } from '../chain/settings.ts';
import { usualBehaviour } from '../mesh.ts';
import { clientOf, commonFor } from './clients.ts';
import type { Judging } from './judging.ts';
import { limitVerdict, outlierVerdict } from './upstreams.ts';

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
  | 'meshDefault'
>;

/** What becomes of how clients treat a destination. What a resolver says, it says for every client of its service. */
export const destinationJudge = (judging: Judging): DestinationJudge => ({
  destination: settings => destinationVerdict(settings, judging),
  loadBalancing: (value, at) => sharedVerdict(value, 'loadBalancing', at, judging) ?? balancingVerdict(value),
  locality: (value, at) => sharedVerdict(value, 'locality', at, judging) ?? localityVerdict(value, judging),
  connectionLimit: (limit, at) => limitVerdict(limit, at, judging),
  outlier: (setting, at) => outlierVerdict(setting, at, judging),
  upstreamTls: upstreamVerdict,
  retryBudget: () => refused('retry-budget', 'three tries at a time are the most, and no share of the requests'),
  tunnel: () => refused('tunnel', 'traffic is not led through a tunnel'),
  proxyProtocol: () => refused('proxy-protocol', 'no PROXY protocol is spoken towards destinations'),
  meshDefault: (setting, _mesh) => defaultVerdict(setting, judging),
});

const destinationVerdict = (settings: DestinationSettings, judging: Judging): Verdict<DestinationSettings> => {
  const { model, services, names } = judging;
  const { target } = settings;
  const clients = clientOf(settings, judging);
  const service = target.service === undefined ? undefined : services.get(target.service);
  if (!service || service.external) {
    return refused('destination-host', 'a resolver is for a service of the mesh', { workaround: 'name a Service' });
  }
  const clientWorkaround = 'write `upstreamConfig` into the ServiceDefaults of each of these clients';
  if (clients === undefined) {
    return refused('destination-clients', 'settings are for all clients, or for the instances of one service', {
      workaround: clientWorkaround,
    });
  }
  if (target.subset || target.port !== undefined) {
    return refused('destination-subset', 'a resolver treats all endpoints and ports of a service alike', {
      workaround: 'give the subset a service of its own',
    });
  }
  if (names.named(names.nameOf(service)).length > 1) {
    return refused(
      'destination-name',
      `\`${names.nameOf(service)}\` is more than one Service, and one service to Consul`,
    );
  }
  const before = model.destinations.slice(0, model.destinations.indexOf(settings));
  const hiding = before.find(other => {
    const theirs = clientOf(other, judging);
    const isSame = other.target.service === target.service && !other.target.subset && other.target.port === undefined;
    return isSame && (theirs === 'all' || theirs === clients);
  });
  if (!hiding) return 'applied';
  return refused('destination-hidden', `\`${hiding.id}\` comes before it for the same clients`, { effect: 'none' });
};

/** Services of the input can stand in for others; which endpoints are near counts only in the Enterprise edition. */
const localityVerdict = (value: Locality, { services }: Judging): Verdict<Locality> => {
  const { fallbacks = [], source, ...near } = value;
  const own = fallbacks.filter(({ service, subset }) => !subset && services.get(service)?.external === false);
  const isWhole = own.length === fallbacks.length && Object.keys(near).length === 0;
  if (isWhole && own.length > 0) return 'applied';
  const message = isWhole
    ? 'near endpoints are preferred in the Enterprise edition only'
    : 'whole services of the input may stand in for others, and near endpoints are preferred in the Enterprise edition only';
  const workaround = 'write `failover` into the resolver, from one datacenter or peer to the next';
  if (own.length === 0) return refused('locality', message, { workaround });
  return approximated({ fallbacks: own, ...(source ? { source } : {}) }, 'locality', message, { workaround });
};

/** What a resolver says, it says to all clients: settings for some may say the same, and nothing else. */
const sharedVerdict = <K extends 'loadBalancing' | 'locality'>(
  value: NonNullable<DestinationSettings[K]>,
  key: K,
  at: DestinationSettings,
  judging: Judging,
): Verdict<NonNullable<DestinationSettings[K]>> | undefined => {
  if (clientOf(at, judging) === 'all') return undefined;
  const common = commonFor(at.target.service, judging.model.destinations, judging);
  const theirs = common?.[key] ?? (key === 'locality' ? undefined : usualSettings.loadBalancing);
  if (theirs && isSame(withoutSources(theirs), withoutSources(value))) return 'applied';
  return refused(key === 'locality' ? 'locality' : 'load-balancing', 'a resolver is for all clients of a service', {
    workaround: 'say it for all clients',
  });
};

const withoutSources = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === 'source' || key === 'origin' ? undefined : inner)),
  );

const balancingVerdict = (value: LoadBalancing): Verdict<LoadBalancing> => {
  const algorithm = value.algorithm.value;
  const usual: LoadBalancing = { ...usualBehaviour.loadBalancing, ...(value.source ? { source: value.source } : {}) };
  switch (algorithm.kind) {
    case 'peakEwma':
    case 'passthrough':
    case 'reportedLoad':
      return approximated(usual, 'load-balancing', 'endpoints take turns');
    case 'consistentHash': {
      const { on, table } = algorithm;
      const isOwnSize = table.kind === 'maglev' && table.size !== undefined;
      const hasAttributes = on.kind === 'cookie' && on.attributes !== undefined;
      if (isOwnSize || hasAttributes) {
        const { attributes: _, ...plain } = on.kind === 'cookie' ? on : { ...on, attributes: undefined };
        const kept = { ...algorithm, on: plain as typeof on, table: isOwnSize ? ({ kind: 'maglev' } as const) : table };
        const { warmup: __, ...bare } = value;
        return approximated(
          { ...bare, algorithm: { ...value.algorithm, value: kept } },
          'consistent-hash',
          'the size of a maglev table and attributes of cookies cannot be set',
        );
      }
      return 'applied';
    }
    default: {
      if (!value.warmup) return 'applied';
      const { warmup: _, ...bare } = value;
      return approximated(bare, 'load-balancing', 'new endpoints get their full share at once');
    }
  }
};

/** Sidecars encrypt towards sidecars, whatever is wished; ordinary TLS is for terminating gateways. */
const upstreamVerdict = (tls: UpstreamTls): Verdict<UpstreamTls> => {
  const { value: mode } = tls.mode;
  if (mode === 'automatic') return 'applied';
  if (mode === 'mesh') {
    const value: UpstreamTls = {
      mode: { ...tls.mode, value: 'automatic' },
      ...(tls.source ? { source: tls.source } : {}),
    };
    return approximated(value, 'upstream-tls', 'mesh mTLS is opened wherever the endpoint has a sidecar', {
      effect: 'none',
    });
  }
  if (mode === 'none') return refused('upstream-tls', 'traffic between sidecars is encrypted all the same');
  return refused('upstream-tls', 'sidecars open no TLS of the user’s own', {
    severity: 'security',
    workaround: 'reach the host through a terminating gateway',
  });
};

/** What Consul does by itself takes the place of what the other mesh did by itself. */
const defaultVerdict = (setting: FieldOf<MeshDefaults>, { target }: Judging): Verdict<FieldOf<MeshDefaults>> => {
  const { defaults } = target;
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
        { field: 'timeouts', value: usualBehaviour.timeouts },
        'default-timeouts',
        'services without routes answer within 15 s, or not at all',
      );
    case 'loadBalancing':
      return approximated(
        { field: 'loadBalancing', value: defaults.loadBalancing },
        'load-balancing',
        'endpoints take turns',
      );
    case 'connectionLimits':
      return approximated(
        { field: 'connectionLimits', value: usualBehaviour.connectionLimits },
        'connection-limits',
        'a connection stands after 5 s, and 1024 at a time are the most, as are requests',
      );
    case 'outlierDetection':
      return approximated(
        { field: 'outlierDetection', value: usualBehaviour.outlierDetection },
        'outlier-detection',
        'five failures in a row take an endpoint out where there are ten or more',
      );
    case 'access':
      if (setting.value.value === 'deny') {
        const message =
          'everyone is kept out by an intention; an identity of another system under the same root passes it';
        return approximated(setting, 'default-access', message, {
          severity: 'security',
          effect: 'none',
          workaround: 'set `default_intention_policy: deny` on the servers',
        });
      }
      return approximated(
        { field: 'access', value: defaults.access },
        'default-access',
        'callers that no intention speaks of are refused',
      );
  }
};
