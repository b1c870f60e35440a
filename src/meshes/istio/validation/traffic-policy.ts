import type { Field } from '../../../base/field.ts';
import { isMaglevSize } from '../destination-rule/maglev.ts';
import { isHostName, isIp, tellDuration, tellPort } from './forms.ts';
import { tellLocality } from './locality.ts';
import type { Tell } from './tell.ts';

const portSettings = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls'];
const policySettings = [...portSettings, 'portLevelSettings', 'tunnel', 'proxyProtocol', 'retryBudget'];

export const tellTrafficPolicy = (policy: Field | undefined, tell: Tell): void => {
  if (!policy) return;
  if (!policySettings.some(name => policy.has(name))) {
    tell('ISTIO904', policy, 'a traffic policy must set something', 'leave it out');
    return;
  }
  if (policy.has('tunnel') && policy.has('proxyProtocol')) {
    tell('ISTIO905', policy, 'only one of `tunnel` and `proxyProtocol` may be set');
  }
  tellPortPolicy(policy, tell);
  for (const settings of policy.list('portLevelSettings')) {
    if (!settings.has('port')) tell('ISTIO904', settings, '`port` is required');
    if (!portSettings.some(name => settings.has(name)))
      tell('ISTIO904', settings, 'settings of a port must set something');
    tellPortPolicy(settings, tell);
  }
  tellTunnel(policy.at('tunnel'), tell);
};

const tellPortPolicy = (policy: Field, tell: Tell): void => {
  tellOutliers(policy.at('outlierDetection'), tell);
  tellConnectionPool(policy.at('connectionPool'), tell);
  tellLoadBalancer(policy.at('loadBalancer'), tell);
  tellClientTls(policy.at('tls'), tell);
};

const tellTunnel = (tunnel: Field | undefined, tell: Tell): void => {
  if (!tunnel) return;
  const protocol = tunnel.text('protocol') ?? '';
  if (!['', 'CONNECT', 'POST'].includes(protocol)) {
    tell('ISTIO903', tunnel.at('protocol') ?? tunnel, `\`${protocol}\` is neither \`CONNECT\` nor \`POST\``);
  }
  const host = tunnel.at('targetHost');
  const text = host?.asText();
  if (host && text !== undefined && !isHostName(text) && !isIp(text)) {
    tell('ISTIO907', host, `\`${text}\` is neither a host name nor an address`);
  }
  tellPort(tunnel.at('targetPort'), tell);
};

const tellPercent = (field: Field | undefined, tell: Tell): void => {
  const percent = field?.asNumber();
  if (field && percent !== undefined && (percent < 0 || percent > 100)) {
    tell('ISTIO906', field, `\`${percent}\` is no percentage from 0 to 100`);
  }
};

const tellOutliers = (outliers: Field | undefined, tell: Tell): void => {
  if (!outliers) return;
  tellDuration(outliers.at('baseEjectionTime'), tell);
  tellDuration(outliers.at('interval'), tell);
  tellPercent(outliers.at('maxEjectionPercent'), tell);
  tellPercent(outliers.at('minHealthPercent'), tell);
  const local = outliers.at('consecutiveLocalOriginFailures');
  if (local && (local.asNumber() ?? 0) > 0 && outliers.at('splitExternalLocalOriginErrors')?.value !== true) {
    tell('ISTIO909', local, 'local failures are counted with `splitExternalLocalOriginErrors: true` only');
  }
};

const countsOfHttp = [
  'http1MaxPendingRequests',
  'http2MaxRequests',
  'maxRequestsPerConnection',
  'maxRetries',
  'maxConcurrentStreams',
];

/** Limits of connections and requests, of a DestinationRule or a Sidecar. */
export const tellConnectionPool = (pool: Field | undefined, tell: Tell): void => {
  if (!pool) return;
  const [http, tcp] = [pool.at('http'), pool.at('tcp')];
  if (!http && !tcp) tell('ISTIO904', pool, 'one of `http` and `tcp` is required');
  for (const count of [...countsOfHttp.map(name => http?.at(name)), tcp?.at('maxConnections')]) {
    if (count && (count.asNumber() ?? 0) < 0) tell('ISTIO906', count, `\`${count.name}\` may not be negative`);
  }
  if (http?.at('h2UpgradePolicy')?.value === 'UPGRADE' && http.at('useClientProtocol')?.value === true) {
    tell('ISTIO905', http, '`useClientProtocol` and an upgrade of all requests exclude each other');
  }
  const keepAlive = http?.at('http2KeepAlive');
  for (const name of ['interval', 'timeout']) {
    if (keepAlive && !keepAlive.has(name)) tell('ISTIO904', keepAlive, `\`${name}\` is required`);
    tellDuration(keepAlive?.at(name), tell);
  }
  tellDuration(http?.at('idleTimeout'), tell);
  tellDuration(tcp?.at('connectTimeout'), tell);
  tellDuration(tcp?.at('maxConnectionDuration'), tell);
  tellDuration(tcp?.at('idleTimeout'), tell, true);
  tellDuration(tcp?.find('tcpKeepalive', 'time'), tell);
  tellDuration(tcp?.find('tcpKeepalive', 'interval'), tell);
};

const tellLoadBalancer = (balancer: Field | undefined, tell: Tell): void => {
  if (!balancer) return;
  tellConsistentHash(balancer.at('consistentHash'), tell);
  if (balancer.has('localityLbSetting') && balancer.has('zoneAwareLbSetting')) {
    tell('ISTIO905', balancer, 'only one of `localityLbSetting` and `zoneAwareLbSetting` may be set');
  }
  tellLocality(balancer.at('localityLbSetting'), tell);
  tellDuration(balancer.at('warmupDurationSecs'), tell);
  tellDuration(balancer.find('warmup', 'duration'), tell);
  const aggression = balancer.find('warmup', 'aggression');
  if (aggression && aggression.asNumber() === 0) tell('ISTIO906', aggression, '`aggression` is above 0');
};

const tellConsistentHash = (hash: Field | undefined, tell: Tell): void => {
  if (!hash) return;
  const cookie = hash.at('httpCookie');
  if (cookie?.at('name')?.value === '') tell('ISTIO904', cookie, 'the name of a cookie may not be empty');
  const names = new Set<string>();
  for (const attribute of cookie?.list('attributes') ?? []) {
    const name = attribute.text('name') ?? '';
    if (attribute.at('name')?.value === '') tell('ISTIO904', attribute, 'the name of an attribute may not be empty');
    else if (names.has(name)) tell('ISTIO908', attribute, `two attributes are called \`${name}\``);
    names.add(name);
  }
  if ((hash.number('minimumRingSize') ?? 0) !== 0 && (hash.has('ringHash') || hash.has('maglev'))) {
    tell('ISTIO905', hash, '`minimumRingSize` and `ringHash` or `maglev` exclude each other');
  }
  const maglev = hash.at('maglev');
  const size = maglev?.number('tableSize') ?? 0;
  if (maglev && !isMaglevSize(size)) {
    tell('ISTIO906', maglev.at('tableSize') ?? maglev, 'the size of the table is a prime below 5000011');
  }
};

const tellClientTls = (tls: Field | undefined, tell: Tell): void => {
  if (!tls) return;
  const mode = tls.text('mode') ?? 'DISABLE';
  const filled = (names: readonly string[]): string[] =>
    names.filter(name => tls.has(name) && tls.at(name)?.value !== '');
  if (tls.at('insecureSkipVerify')?.value === true) {
    const verifying = ['caCertificates', 'subjectAltNames', ...(mode === 'SIMPLE' ? ['credentialName'] : [])];
    const set = filled(verifying);
    if ((mode === 'SIMPLE' || mode === 'MUTUAL') && set.length > 0) {
      tell('ISTIO905', tls, `\`insecureSkipVerify\` and \`${set.join('`, `')}\` exclude each other`);
    }
  }
  if ((mode === 'SIMPLE' || mode === 'MUTUAL') && filled(['credentialName']).length > 0) {
    const files = filled(['clientCertificate', 'caCertificates', 'privateKey', 'caCrl']);
    if (files.length > 0) tell('ISTIO905', tls, `\`credentialName\` and \`${files.join('`, `')}\` exclude each other`);
  } else if (mode === 'MUTUAL') {
    for (const name of ['clientCertificate', 'privateKey']) {
      if (filled([name]).length === 0) {
        tell(
          'ISTIO904',
          tls,
          `\`${name}\` is required for mutual TLS`,
          'for the certificates of the mesh write ISTIO_MUTUAL',
        );
      }
    }
  }
};
