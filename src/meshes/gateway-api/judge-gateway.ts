import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';
import { referencedGatewayVerdict } from '../../adapter/referenced-gateway.ts';
import type { Gateway, Listener } from '../../model/inventory.ts';
import { carriedBy, isNamed } from '../../model/referenced-gateway.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import type { Judging } from './judging.ts';

/** What becomes of gateways. The API does not know which pods run one: whoever installs its class decides. */
export const gatewayJudge = (judging: Judging): Pick<Judge, 'gateway' | 'listener'> => ({
  gateway: gateway => gatewayVerdict(gateway, judging),
  listener: (listener, gateway) => listenerVerdict(listener, gateway, judging),
});

const gatewayVerdict = (gateway: Gateway, judging: Judging): Verdict<Gateway> => {
  const { purpose, evidence, listeners } = gateway;
  if (purpose !== 'ingress') {
    return refused('gateway-purpose', `a gateway for ${purpose} traffic belongs to a mesh, not to the API`);
  }
  if (evidence === 'referenced') return referencedGatewayVerdict(gateway, gatewayGroup);
  const verdicts = listeners.map(listener => listenerVerdict(listener, gateway, judging));
  if (verdicts.some(verdict => verdict === 'applied' || verdict.result !== 'refused')) return 'applied';
  return refused('gateway-listeners', 'a Gateway has a listener, and this one has none', { effect: 'none' });
};

export const listenerVerdict = (listener: Listener, gateway: Gateway, _judging: Judging): Verdict<Listener> => {
  if (gateway.evidence === 'referenced') return supposedVerdict(listener, gateway);
  const rival = gateway.listeners
    .slice(0, gateway.listeners.indexOf(listener))
    .find(other => other.port === listener.port && family(other) === family(listener) && sharesHost(other, listener));
  if (rival) {
    return refused('listener-conflict', `listener \`${rival.name}\` has the same port and hosts`, { effect: 'none' });
  }
  const { tls } = listener;
  if (!tls) return 'applied';
  if (tls.mode === 'meshMutual') {
    return refused('listener-mesh-tls', 'a listener cannot ask its callers for an identity of the mesh', {
      severity: 'security',
    });
  }
  if (tls.revocationList !== undefined) {
    return refused('listener-revocation', 'a list of revoked certificates cannot be named', { severity: 'security' });
  }
  if (tls.minVersion || tls.maxVersion || tls.ciphers) {
    return refused('listener-tls-version', 'versions and ciphers of TLS cannot be said, and might be weaker', {
      severity: 'security',
      workaround: 'set them where the implementation of the gateway has them',
    });
  }
  if (tls.subjectNames && tls.subjectNames.length > 0) {
    return refused('listener-subject-names', 'a listener cannot ask for names in the certificates of its callers', {
      severity: 'security',
    });
  }
  const isMutual = tls.mode === 'mutual' || tls.mode === 'optionalMutual';
  if (isMutual && (tls.clientAuthorities ?? []).length === 0) {
    return refused('listener-authorities', 'the authorities of client certificates are not known', {
      severity: 'security',
    });
  }
  if (tls.mode !== 'passthrough' && (tls.certificates.length === 0 || tls.certificates.some(isFile))) {
    return refused('listener-certificate', 'a certificate is a Secret, and this one is a file or not named', {
      workaround: 'put the certificate into a Secret in the namespace of the gateway',
    });
  }
  const protocol = protocolFor(listener);
  if (listener.protocol === protocol) return 'applied';
  const message = `a listener that deals with TLS like this has protocol ${protocol.toUpperCase()}`;
  return approximated({ ...listener, protocol }, 'listener-protocol', message, { effect: 'none' });
};

/** HTTPS ends the TLS, and HTTP is inside; a listener that passes TLS on, or finds other bytes inside, has protocol TLS. */
const protocolFor = ({ protocol, tls }: Listener): 'https' | 'tls' =>
  tls?.mode === 'passthrough' || protocol === 'tcp' || protocol === 'tls' ? 'tls' : 'https';

/** Routes without a section are for every listener, so that those for one would not keep its requests to themselves. */
const supposedVerdict = (listener: Listener, gateway: Gateway): Verdict<Listener> => {
  const others = gateway.listeners.filter(other => other !== listener && carriedBy(other) === carriedBy(listener));
  if (isNamed(listener) || !listener.anyPort || others.length === 0) return 'applied';
  return refused('listener-any', 'a route for every listener would act beside the routes for one of them', {
    workaround: `add the gateway \`${gateway.id}\` to the input`,
  });
};

const isFile = (name: string): boolean => name.startsWith('/') || name === '';

const family = ({ protocol, tls }: Listener): string =>
  tls || protocol === 'https' || protocol === 'tls' ? 'tls' : protocol;

const sharesHost = (a: Listener, b: Listener): boolean =>
  a.hosts.length === 0 ? b.hosts.length === 0 : a.hosts.some(host => b.hosts.includes(host));
