import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { FieldOf, Judge } from '../../adapter/judge.ts';
import type { ConnectionLimits } from '../../model/capabilities/connection-limits.ts';
import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { LoadBalancing } from '../../model/capabilities/load-balancing.ts';
import type { UpstreamTls } from '../../model/capabilities/upstream-tls.ts';
import type { Service } from '../../model/inventory.ts';
import { tellsClientsApart } from './judge-frontend.ts';
import { retryVerdict } from './judge-retries.ts';
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

/** Why nothing is said of single endpoints: most Services are one address to Envoy. */
const oneAddress = 'the Service is one address to the proxy, behind which kube-proxy picks a pod';

/** What becomes of the way destinations are treated: each backend is a cluster, which has nearly all of it. */
export const destinationJudge = (judging: Judging): DestinationJudge => ({
  destination: settings =>
    tellsClientsApart(settings.clients)
      ? refused('destination-clients', 'one proxy serves all clients, and these settings are for some of them', {
          severity: settings.tls && settings.tls.mode.value !== 'none' ? 'security' : 'behaviour',
        })
      : 'applied',
  loadBalancing: (value, at) => balancingVerdict(value, at, judging),
  locality: () => refused('locality', 'no locality of an endpoint is known to the proxy'),
  connectionLimit: limitVerdict,
  outlier: ({ field }, at) =>
    seesEndpoints(at, judging)
      ? field === 'errorStatuses' || field === 'minHealthPercent'
        ? refused('outlier-detection', `there is no field for ${field}`)
        : 'applied'
      : refused('outlier-detection', `no endpoint can be taken out: ${oneAddress}`, {
          workaround: 'make the Service headless, so that the proxy finds its pods',
        }),
  upstreamTls: tlsVerdict,
  retryBudget: budget => {
    const { minPerSecond, intervalMs, ...rest } = budget.value;
    return minPerSecond === undefined && intervalMs === undefined
      ? 'applied'
      : approximated({ ...budget, value: rest }, 'retry-budget', 'a budget counts the requests of the moment alone');
  },
  tunnel: () => refused('tunnel', 'traffic is not put into a tunnel'),
  proxyProtocol: () => refused('proxy-protocol', 'the PROXY protocol is not written'),
  telemetry: () => refused('telemetry', 'logs, traces and metrics are settings of the process, and not written'),
  meshDefault: ({ field, value }) => {
    if (field === 'access') {
      return refused('default-access', 'the proxy lets everybody call what no policy speaks of', {
        severity: 'security',
      });
    }
    const isOne = judging.model.meshes.length === 1;
    if (field === 'retries' && isOne) {
      const isWritten =
        retryVerdict({ field: 'on', value: value.on }) === 'applied' && !value.budget && !value.otherLocalities;
      if (isWritten) return 'applied';
    }
    if (field === 'timeouts' && isOne) return 'applied';
    return refused('default', `what the mesh does by itself about ${field} is not written`);
  },
});

/** Whether all that settings are about is known by its endpoints. */
const seesEndpoints = ({ target }: DestinationSettings, { services }: Judging): boolean => {
  const service = target.service === undefined ? undefined : services.get(target.service);
  return service !== undefined && isSeen(service);
};

/** DNS gives the addresses of the pods of a headless Service; those of hosts outside are written. */
const isSeen = ({ headless, endpoints }: Service): boolean => headless || endpoints.kind === 'addresses';

const balancingVerdict = (value: LoadBalancing, at: DestinationSettings, judging: Judging): Verdict<LoadBalancing> => {
  const { kind } = value.algorithm.value;
  if (!seesEndpoints(at, judging)) {
    return refused('load-balancing', `nothing is left to balance: ${oneAddress}`, {
      workaround: 'make the Service headless, so that the proxy finds its pods',
      effect: kind === 'random' && !value.warmup ? 'none' : 'differs',
    });
  }
  if (kind === 'peakEwma' || kind === 'passthrough' || kind === 'reportedLoad' || kind === 'consistentHash') {
    return refused('load-balancing', `the algorithm ${kind} is not written`);
  }
  if (!value.warmup) return 'applied';
  const { warmup: _, ...rest } = value;
  return approximated(rest, 'load-balancing', 'new endpoints get their full share at once');
};

const written: readonly (keyof ConnectionLimits)[] = [
  'maxConnections',
  'maxPendingRequests',
  'maxRequests',
  'maxRequestsPerConnection',
  'maxConcurrentRetries',
  'maxConcurrentStreams',
  'connectTimeoutMs',
  'httpIdleMs',
  'maxConnectionDurationMs',
  'keepalive',
  'upgradeToHttp2',
];

const limitVerdict = ({ field, value }: FieldOf<ConnectionLimits>): Verdict<FieldOf<ConnectionLimits>> => {
  if (field === 'upgradeToHttp2' && value.value === 'doNotUpgrade') {
    return refused('connection-limits', 'clients that speak HTTP/2 are carried in HTTP/2');
  }
  return written.includes(field) ? 'applied' : refused('connection-limits', `${field} is not written`);
};

const isFile = (name: string | undefined): boolean => name?.startsWith('/') ?? false;

/** Files are those of the machine that the proxy runs on; what is in Secrets is not known. */
const tlsVerdict = (tls: UpstreamTls): Verdict<UpstreamTls> => {
  const { mode, authorities = [], subjectNames, clientCertificate, clientKey } = tls;
  const unsafe = (message: string) => refused('upstream-tls', message, { severity: 'security' });
  if (mode.value === 'none') return 'applied';
  if (mode.value === 'automatic' || mode.value === 'mesh') return unsafe('the proxy has no certificate of the mesh');
  if (tls.revocationList !== undefined) return unsafe('a list of revoked certificates is not written');
  if (!tls.unverified && (authorities.length !== 1 || !(authorities[0] === 'system' || isFile(authorities[0])))) {
    return unsafe('the authority of the server is not a file, or not known');
  }
  if (tls.unverified) return unsafe('a server whose certificate nobody checks is anybody');
  if (!tls.serverName && !subjectNames?.length) return unsafe('no name is asked of the certificate of the server');
  return mode.value === 'mutual' && !(isFile(clientCertificate) && isFile(clientKey))
    ? unsafe('the certificate to show is not a file')
    : 'applied';
};
