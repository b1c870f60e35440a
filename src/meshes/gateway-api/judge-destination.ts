import { refused } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';
import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { UpstreamTls } from '../../model/capabilities/upstream-tls.ts';
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

/** How a destination is treated has no words, except TLS from gateways (BackendTLSPolicy). */
export const destinationJudge = (judging: Judging): DestinationJudge => ({
  destination: () => 'applied',
  loadBalancing: () => refused('load-balancing', 'which endpoint is picked is left to the mesh'),
  locality: () => refused('locality', 'preference for near endpoints is left to the mesh'),
  connectionLimit: ({ field }) => refused('connection-limits', `there is no field for ${field}`),
  outlier: ({ field }) => refused('outlier-detection', `there is no field for ${field}`),
  upstreamTls: (tls, at) => upstreamVerdict(tls, at, judging),
  retryBudget: () => refused('retry-budget', 'retry budgets are experimental, and their meaning may change'),
  tunnel: () => refused('tunnel', 'traffic cannot be put into a tunnel'),
  proxyProtocol: () => refused('proxy-protocol', 'there is no field for the PROXY protocol'),
  telemetry: () => refused('telemetry', 'there is no object for logs, traces and metrics'),
  meshDefault: ({ field }) =>
    field === 'access'
      ? refused('default-access', 'who may call what no policy speaks of is left to the mesh', { severity: 'security' })
      : refused('default', `the default for ${field} is left to the mesh that honours the routes`),
});

const upstreamVerdict = (tls: UpstreamTls, at: DestinationSettings, judging: Judging) => {
  const { value: mode } = tls.mode;
  const unsafe = (message: string) => refused('upstream-tls', message, { severity: 'security' });
  if (mode === 'none') {
    return at.clients.gateway === undefined
      ? refused('upstream-tls', 'whether traffic between workloads is encrypted is left to the mesh')
      : refused('upstream-tls', 'plaintext is what a backend gets unless told', { effect: 'none' });
  }
  if (mode === 'automatic' || mode === 'mesh') return unsafe('encryption inside the mesh cannot be asked for');
  if (at.clients.gateway === undefined) return unsafe('only gateways open TLS to a backend, not workloads');
  if (!judging.model.inventory.gateways.some(({ id, purpose }) => id === at.clients.gateway && purpose === 'ingress')) {
    return unsafe(`gateway \`${at.clients.gateway}\` is not written`);
  }
  if (mode === 'mutual') return unsafe('the certificate that a gateway shows belongs to the gateway, not to a backend');
  const service = at.target.service === undefined ? undefined : judging.services.get(at.target.service);
  if (!service || service.external || at.target.subset)
    return unsafe('a policy for backends is for a Service of the cluster');
  const port = service.ports.find(candidate => candidate.port === at.target.port);
  if (at.target.port !== undefined && !port?.name)
    return unsafe('a policy names a port by its name, and this has none');
  if (tls.serverName === undefined) return unsafe('a policy needs the name in the certificate of the backend');
  const authorities = tls.authorities ?? [];
  const isKnown =
    authorities.length > 0 && authorities.every(name => name === 'system' || /^ConfigMap [^/]+\/./.test(name));
  if (tls.unverified || !isKnown) return unsafe('a policy needs the authority of the backend, in a ConfigMap');
  if (tls.revocationList !== undefined) return unsafe('a list of revoked certificates cannot be named');
  return 'applied' as const;
};
