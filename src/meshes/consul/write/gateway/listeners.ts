import { approximated, refused, type Verdict } from '../../../../adapter/disposition.ts';
import { isSame } from '../../../../base/same.ts';
import type { Gateway, Listener, ListenerTls } from '../../../../model/inventory.ts';
import { hostMatches, hostRank } from '../../../../model/match.ts';
import { areSayable, writeTlsOptions } from '../../gateways/tls-options.ts';
import type { Judging } from '../judging.ts';

/** Each is run by pods of its own; consul-k8s makes an `api-gateway` of a Gateway of its class. */
export const gatewayVerdict = (gateway: Gateway, judging: Judging): Verdict<Gateway> => {
  const unable = gatewayRefusal(gateway, judging);
  if (unable) return unable;
  const isAny = gateway.listeners.some(listener => isWritten(listener, gateway, judging));
  return isAny
    ? 'applied'
    : refused('gateway-listeners', 'a gateway has a listener, and none of these is written', {
        effect: gateway.listeners.length === 0 ? 'none' : 'differs',
      });
};

const gatewayRefusal = (gateway: Gateway, { model, names, gatewayName }: Judging) => {
  const { purpose, evidence, id } = gateway;
  if (purpose !== 'ingress') {
    return refused('gateway-purpose', `a gateway for ${purpose} traffic is not written`, {
      workaround: 'lead the traffic out through a terminating gateway',
    });
  }
  if (evidence === 'referenced') {
    return refused('gateway-unknown', `only routes name gateway \`${id}\`, and its ports are not known`, {
      workaround: 'add the gateway to the input',
    });
  }
  const name = gatewayName(gateway);
  const { gateways } = model.inventory;
  const earlier = gateways.slice(0, gateways.indexOf(gateway)).find(other => gatewayName(other) === name);
  const other = earlier?.id ?? names.named(name)[0]?.id;
  if (other === undefined) return undefined;
  return refused(
    'gateway-name',
    `\`${name}\` would also be \`${other}\` to Consul: names are shared by all namespaces`,
    {
      workaround: 'give the gateway another name',
    },
  );
};

/** The listener that a table stands behind, if the input holds it. */
export const listenerBehind = (
  at: { readonly gateway: string; readonly listener: string },
  { model }: Pick<Judging, 'model'>,
): Listener | undefined =>
  model.inventory.gateways.find(({ id }) => id === at.gateway)?.listeners.find(({ name }) => name === at.listener);

/** Whether anything of it is written. */
export const isWritten = (listener: Listener, gateway: Gateway, judging: Judging): boolean => {
  const verdict = listenerVerdict(listener, gateway, judging);
  return verdict === 'applied' || verdict.result !== 'refused';
};

/** What arrives there: requests, in the clear or sealed, or bytes. */
const carried = ({ protocol, tls }: Listener): 'http' | 'https' | 'bytes' => {
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'tls') return 'bytes';
  return tls || protocol === 'https' ? 'https' : 'http';
};

/** A port at which the gateway's own Envoy tells about itself (consul-k8s, binding/validation.go). */
const adminPort = 20_000;

export const listenerVerdict = (listener: Listener, gateway: Gateway, judging: Judging): Verdict<Listener> => {
  const unable = gatewayRefusal(gateway, judging) ?? listenerRefusal(listener, gateway);
  if (unable) return unable;
  const { hosts } = listener;
  const said = hosts.includes('*') ? [] : hosts;
  const isSealed = carried(listener) === 'https';
  const isKept = !isSealed && said.length <= 1 && neighbours(listener, gateway).length === 0;
  if (hosts.length === (isKept ? said.length : 0)) return 'applied';
  const message =
    isSealed && said.length > 0
      ? 'a listener stands for TLS to every host, and those that no route names get 404 (observed, Consul 1.21)'
      : 'a port has one listener, for every host: the routes name the hosts';
  const effect = isSealed && said.length > 0 ? 'differs' : 'none';
  return approximated({ ...listener, hosts: [] }, 'listener-hosts', message, { effect });
};

type Refusal = ReturnType<typeof refused>;

const listenerRefusal = (listener: Listener, gateway: Gateway): Refusal | undefined => {
  const { protocol, tls, port, httpsRedirect } = listener;
  if (protocol === 'udp' || protocol === 'tls' || tls?.mode === 'passthrough' || (protocol === 'tcp' && tls)) {
    return refused('listener-bytes', 'a listener takes requests, with TLS or without, or bytes in the clear');
  }
  if (port === adminPort) return refused('listener-port', `port ${adminPort} belongs to the gateway itself`);
  const before = gateway.listeners.slice(0, gateway.listeners.indexOf(listener));
  const rival = before.find(
    other =>
      other.port === port &&
      (carried(other) !== carried(listener) || carried(listener) === 'bytes') &&
      !listenerRefusal(other, gateway),
  );
  if (rival) return refused('listener-conflict', `listener \`${rival.name}\` has the same port`);
  const other = before.find(one => one.port === port && !isSame(versionsOf(one), versionsOf(listener)));
  if (other && !listenerRefusal(other, gateway)) {
    return refused(
      'listener-conflict',
      `listener \`${other.name}\` has the same port, and other versions or ciphers of TLS`,
      {
        severity: 'security',
      },
    );
  }
  if (httpsRedirect) {
    // Without the redirect, what is behind it would be served in the clear.
    return refused('redirect', 'a gateway redirects nobody to https; the listener is left out', {
      workaround: 'redirect before the gateway',
    });
  }
  return tls || protocol === 'https' ? tlsRefusal(tls) : undefined;
};

/** What has to be the same where listeners share a port. */
const versionsOf = ({ tls }: Listener) => writeTlsOptions(tls ?? {});

const tlsRefusal = (tls: ListenerTls | undefined) => {
  const unsafe = (code: string, message: string) => refused(code, message, { severity: 'security' });
  if (!tls || tls.certificates.length === 0 || tls.certificates.some(isFile)) {
    return refused('listener-certificate', 'a certificate is a Secret, and this one is a file or not named', {
      workaround: 'put the certificate into a Secret in the namespace of the gateway',
    });
  }
  if (tls.mode === 'meshMutual')
    return unsafe('listener-mesh-tls', 'a listener asks nobody for an identity of the mesh');
  if (tls.mode !== 'terminate') {
    return unsafe('listener-authorities', 'a listener asks its callers for no certificates');
  }
  if (!areSayable(tls)) {
    return unsafe(
      'listener-tls-version',
      'there are no words for these versions or ciphers of TLS, and others might be weaker',
    );
  }
  return undefined;
};

const isFile = (name: string): boolean => name.startsWith('/') || name === '';

/**
 * The other listeners of a port that take the same kind of connection. What is written of them is one listener
 * (`validateMergedListeners`, agent/structs/config_entry_gateways.go, 1.21).
 */
export const neighbours = (listener: Listener, gateway: Gateway): readonly Listener[] =>
  gateway.listeners.filter(
    other => other !== listener && other.port === listener.port && carried(other) === carried(listener),
  );

/** Whether this listener takes a host, and not a more specific one of the port, or one as specific before it. */
export const takes = (listener: Listener, host: string, gateway: Gateway): boolean => {
  const rank = ({ hosts }: Listener): number =>
    hosts.length === 0 ? 0 : Math.max(-1, ...hosts.filter(own => hostMatches(own, host)).map(hostRank));
  const all = [listener, ...neighbours(listener, gateway)].toSorted(byPlace(gateway));
  const best = all.toSorted((a, b) => rank(b) - rank(a))[0];
  return best === listener && rank(listener) >= 0;
};

const byPlace =
  ({ listeners }: Gateway) =>
  (a: Listener, b: Listener): number =>
    listeners.indexOf(a) - listeners.indexOf(b);
