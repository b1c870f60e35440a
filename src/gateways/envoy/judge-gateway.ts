import { refused, type Verdict } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';
import type { Gateway, Listener } from '../../model/inventory.ts';
import type { Judging } from './judging.ts';

/** What becomes of gateways: each is a process of its own. */
export const gatewayJudge = (_judging: Judging): Pick<Judge, 'gateway' | 'listener'> => ({
  gateway: gatewayVerdict,
  listener: listenerVerdict,
});

const gatewayVerdict = ({ purpose, evidence, id }: Gateway): Verdict<Gateway> => {
  if (purpose !== 'ingress') return refused('gateway-purpose', `a gateway for ${purpose} traffic is part of a mesh`);
  return evidence === 'referenced'
    ? refused('gateway-unknown', `only routes name gateway \`${id}\`, and its ports are not known`, {
        workaround: 'add the gateway to the input',
      })
    : 'applied';
};

/** A listener that ends TLS without what it was told to ask of its callers would let in others. */
export const listenerVerdict = (listener: Listener, gateway: Gateway): Verdict<Listener> => {
  if (gatewayVerdict(gateway) !== 'applied') {
    return refused('gateway-unknown', `gateway \`${gateway.id}\` is not written`);
  }
  const { protocol, tls, port, hosts } = listener;
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'tls') {
    return refused('listener-bytes', 'only listeners for HTTP are written');
  }
  const rival = gateway.listeners
    .slice(0, gateway.listeners.indexOf(listener))
    .find(other => other.port === port && speaksTls(other) === speaksTls(listener) && sharesHost(other.hosts, hosts));
  if (rival) {
    return refused('listener-conflict', `listener \`${rival.name}\` has the same port and hosts`, { effect: 'none' });
  }
  if (speaksTls(listener) && hosts.some(host => /^\*[^.]/.test(host))) {
    return refused('listener-hosts', 'a server name ends with whole labels');
  }
  if (!tls) return speaksTls(listener) ? refused('listener-certificate', 'no certificate is named') : 'applied';
  return tlsVerdict(tls);
};

/** Whether what arrives there is sealed. */
export const speaksTls = ({ protocol, tls }: Listener): boolean => tls !== undefined || protocol === 'https';

/** The versions of TLS, by the words for them (Envoy's TlsParameters), however a mesh spells them. */
export const tlsVersion = (text: string): string | undefined => {
  const minor = /^TLS_?V?1[._]([0-3])$/i.exec(text)?.[1];
  return minor === undefined ? undefined : `TLSv1_${minor}`;
};

const tlsVerdict = (tls: NonNullable<Listener['tls']>): Verdict<Listener> => {
  const { mode, certificates, clientAuthorities = [], subjectNames = [], minVersion, maxVersion } = tls;
  const unsafe = (code: string, message: string) => refused(code, message, { severity: 'security' });
  if (mode === 'passthrough') return refused('listener-bytes', 'TLS that is passed on is not written');
  if (mode === 'meshMutual') return unsafe('listener-mesh-tls', 'the proxy has no identity of a mesh to ask for');
  if (certificates.length === 0 || certificates.includes('')) {
    return refused('listener-certificate', 'no certificate is named');
  }
  if (tls.revocationList !== undefined) {
    return unsafe('listener-revocation', 'a list of revoked certificates is not written');
  }
  if ([minVersion, maxVersion].some(version => version && !tlsVersion(version.value))) {
    return unsafe('listener-tls-version', 'a version of TLS is not known');
  }
  if (mode !== 'terminate' && clientAuthorities.length !== 1) {
    return unsafe('listener-authorities', 'the authority of client certificates is not one that is known');
  }
  return subjectNames.some(name => /^(?:hash|spki):/.test(name))
    ? unsafe('listener-subject-names', 'certificates of callers are known by their names alone')
    : 'applied';
};

const sharesHost = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === 0 ? b.length === 0 : a.some(host => b.includes(host));
