import type { WriteTarget } from '../../../adapter/adapter.ts';
import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { Judge } from '../../../adapter/judge.ts';
import { referencedGatewayVerdict } from '../../../adapter/referenced-gateway.ts';
import type { Frontend, NoMatch } from '../../../model/frontend.ts';
import type { Gateway, Listener, ListenerTls } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { isDnsLabel } from '../validation/forms.ts';
import { layerOf } from '../virtual-service/host-tables.ts';
import { podsOf, usualSelector } from './pods.ts';
import { selectorFor } from './selector.ts';
import { isWritableTls } from './server-tls.ts';
import { supposedVerdict } from './supposed-listener.ts';

/** What a Gateway can say, and what becomes of the tables behind it. */
export const gatewayJudge = (
  model: Model,
  target: WriteTarget,
): Pick<Judge, 'gateway' | 'listener' | 'frontend' | 'noMatch'> => ({
  gateway: gateway =>
    gateway.evidence === 'referenced'
      ? referencedGatewayVerdict(placed(gateway, model, target), istioNetworking)
      : gatewayVerdict(gateway, model, target),
  listener: (listener, gateway) => verdictOn(listener, gateway, model, target),
  frontend: frontend => tableVerdict(frontend, model, target),
  noMatch: noMatch => noMatchVerdict(noMatch),
});

const istioNetworking = 'networking.istio.io';

const verdictOn = (listener: Listener, gateway: Gateway, model: Model, target: WriteTarget): Verdict<Listener> => {
  if (!isDnsLabel(gateway.name)) {
    return refused(
      'gateway-name',
      `a Gateway has a name of 63 characters at most and no dots, not \`${gateway.name}\``,
      {
        workaround: 'give the gateway a shorter name first',
      },
    );
  }
  return gateway.evidence === 'referenced'
    ? supposedVerdict(listener, gateway, model.frontends)
    : listenerVerdict(listener, placed(gateway, model, target));
};

/** The gateway as it will be: run by pods of the mesh. */
export const placed = (gateway: Gateway, { inventory }: Model, { mesh }: WriteTarget): Gateway => {
  // Who runs a gateway of which nothing is known: the one that Istio installs.
  const known = Object.keys(gateway.labels).length > 0;
  const selector = known ? selectorFor(gateway, inventory) : usualSelector;
  const pods = podsOf(inventory, selector, gateway.namespace, mesh);
  const { podNamespace: _namespace, serviceAccount: _account, ...rest } = gateway;
  return {
    ...rest,
    mesh: mesh.id,
    labels: pods.labels,
    ...(pods.namespace === gateway.namespace ? {} : { podNamespace: pods.namespace }),
    ...(pods.serviceAccount === undefined ? {} : { serviceAccount: pods.serviceAccount }),
  };
};

const isKept = (verdict: Verdict<unknown>): boolean => verdict === 'applied' || verdict.result !== 'refused';

const podNamespaceOf = ({ podNamespace, namespace }: Gateway): string => podNamespace ?? namespace;

const gatewayVerdict = (gateway: Gateway, model: Model, target: WriteTarget): Verdict<Gateway> => {
  const value = placed(gateway, model, target);
  const isOpen = gateway.listeners.some(listener => isKept(verdictOn(listener, gateway, model, target)));
  if (!isOpen) return refused('gateway-listeners', 'a Gateway has a server, and this one has none', { effect: 'none' });
  const isSame =
    value.mesh === gateway.mesh &&
    podNamespaceOf(value) === podNamespaceOf(gateway) &&
    JSON.stringify(value.labels) === JSON.stringify(gateway.labels);
  if (isSame) return 'applied';
  const labels = Object.entries(value.labels).map(([name, label]) => `${name}=${label}`);
  return approximated(
    value,
    'gateway-pods',
    `the gateway is run by the pods labelled ${labels.join(', ')} in namespace ${podNamespaceOf(value)}`,
    { workaround: 'install a gateway for it and set spec.selector to the labels of its pods' },
  );
};

const speaksTls = ({ protocol, tls }: Listener): boolean =>
  tls !== undefined || protocol === 'https' || protocol === 'tls';

const listenerVerdict = (listener: Listener, gateway: Gateway): Verdict<Listener> => {
  const { tls, protocol } = listener;
  if (protocol === 'udp') return refused('listener-udp', 'a gateway takes no datagrams');
  if (speaksTls(listener) && !tls) {
    return refused('listener-certificate', 'a listener for TLS without a certificate takes no connection', {
      effect: 'none',
    });
  }
  const words = listener.hosts.filter(isWord);
  if (words.length > 0) {
    const message = `a host of a Gateway is a full name or a pattern, not ${words.map(word => `\`${word}\``).join(', ')}`;
    return refused('listener-host', message, { workaround: 'give the listener a host name with a dot' });
  }
  const moved = tls ? besideThePods(tls, podNamespaceOf(gateway)) : undefined;
  if (moved && !isWritableTls(moved, podNamespaceOf(gateway))) {
    return refused('listener-certificate', 'certificates are files, or Secrets beside the pods of the gateway', {
      workaround: 'put certificate and authority into a Secret there',
    });
  }
  if ((moved?.clientAuthorities?.length ?? 0) > 1) {
    return refused('listener-authorities', 'one authority for the certificates of callers can be named, not several', {
      workaround: 'put all authorities into one Secret',
    });
  }
  const said = protocolFor(listener);
  const value: Listener = { ...listener, protocol: said, ...(moved ? { tls: moved } : {}) };
  if (moved && JSON.stringify(moved.certificates) !== JSON.stringify(tls?.certificates)) {
    return approximated(
      value,
      'listener-certificate',
      `certificates are looked for in namespace ${podNamespaceOf(gateway)}, where the pods of the gateway are`,
      { workaround: `copy the Secrets ${tls?.certificates.join(', ')} there` },
    );
  }
  if (said === protocol) return 'applied';
  return approximated(value, 'listener-protocol', `the protocol of the listener is ${said}`, { effect: 'none' });
};

/** Behind TLS that ends here there is HTTP or bytes; where nothing is declared, HTTP. */
const protocolFor = ({ protocol, tls }: Listener): Listener['protocol'] => {
  if (protocol === 'detect') return tls ? 'https' : 'http';
  if (!tls) return protocol;
  return protocol === 'tcp' || protocol === 'tls' ? 'tls' : 'https';
};

/** Secrets are named without a namespace and found beside the pods. */
const besideThePods = (tls: ListenerTls, namespace: string): ListenerTls => {
  const move = (name: string): string => {
    if (name.startsWith('/') || name.includes(' ')) return name;
    return `${namespace}/${name.split('/').at(-1)}`;
  };
  return {
    ...tls,
    certificates: tls.certificates.map(move),
    ...(tls.clientAuthorities ? { clientAuthorities: tls.clientAuthorities.map(move) } : {}),
  };
};

const tableVerdict = (frontend: Frontend, model: Model, target: WriteTarget): Verdict<Frontend> => {
  const { listens } = frontend;
  if (listens.kind !== 'listener') return 'applied';
  const gateway = model.inventory.gateways.find(({ id }) => id === listens.gateway);
  const listener = gateway?.listeners.find(({ name }) => name === listens.listener);
  if (!gateway || !listener) return refused('frontend-gateway', `gateway \`${listens.gateway}\` is not in the input`);
  const listening = verdictOn(listener, gateway, model, target);
  if (listening !== 'applied' && listening.result === 'refused') return listening;
  if (listening !== 'applied' && listening.value.name !== listener.name) {
    const value: Frontend = { ...frontend, listens: { ...listens, listener: listening.value.name } };
    return approximated(value, 'frontend-listener', 'a VirtualService names ports, and no listeners', {
      effect: 'none',
    });
  }
  const words = listens.hosts.filter(isWord);
  if (words.length > 0) {
    const message = `a VirtualService takes ${words.map(word => `\`${word}\``).join(', ')} for a Service of its namespace`;
    const hosts = listens.hosts.filter(host => !isWord(host));
    return hosts.length === 0
      ? refused('frontend-host', message)
      : approximated({ ...frontend, listens: { ...listens, hosts } }, 'frontend-host', message);
  }
  const narrower = gateway.evidence === 'referenced' ? undefined : alsoBinding(listens.hosts, listener, gateway);
  if (narrower) {
    const message = `on one port the rules would act behind listener \`${narrower.name}\` as well, among its own`;
    return refused('frontend-listener', message, {
      workaround: 'give one of the listeners a port or a Gateway of its own',
    });
  }
  const earlier = model.frontends.slice(0, model.frontends.indexOf(frontend)).find(other => hides(other, frontend));
  if (!earlier) return 'applied';
  return refused('frontend-hidden', `\`${earlier.id}\` is for the same hosts and comes before it`, {
    effect: earlier.noMatch.kind === 'next' ? 'differs' : 'none',
  });
};

/**
 * A plain listener for a host that the table's hosts cover: a VirtualService binds to every server of its Gateway, at the
 * more specific of the two hosts, and there its rules are laid together with those of others (pilot,
 * `buildGatewayHTTPRouteConfig`, 1.31).
 */
const alsoBinding = (hosts: readonly string[], listener: Listener, { listeners }: Gateway): Listener | undefined => {
  const isPlain = ({ tls, protocol }: Listener): boolean => !tls && !['tcp', 'udp', 'tls', 'https'].includes(protocol);
  if (!isPlain(listener)) return undefined;
  const own = hosts.length > 0 ? hosts : listener.hosts.length > 0 ? listener.hosts : ['*'];
  return listeners.find(
    other =>
      other !== listener &&
      isPlain(other) &&
      other.port === listener.port &&
      other.hosts.some(host => own.some(pattern => pattern !== host && hostMatches(pattern, host))),
  );
};

/** A host name without a dot, which is completed to the full name of a Service (observed, row 17.3). */
const isWord = (host: string): boolean => !host.includes('.') && !host.startsWith('*');

const hides = (first: Frontend, second: Frontend): boolean => {
  const [a, b] = [first.listens, second.listens];
  if (a.kind !== 'listener' || b.kind !== 'listener' || layerOf(first) !== layerOf(second)) return false;
  if (a.gateway !== b.gateway || a.listener !== b.listener) return false;
  if (a.hosts.length === 0) return true;
  return b.hosts.length > 0 && b.hosts.every(host => a.hosts.some(other => other === host || hostMatches(other, host)));
};

/** What no rule takes is answered with 404 at a gateway; connections are closed. */
const noMatchVerdict = (noMatch: NoMatch): Verdict<NoMatch> => {
  if (noMatch.kind === 'respond' && noMatch.status === 404) return 'applied';
  return approximated({ kind: 'respond', status: 404 }, 'no-match', 'requests that no rule takes get a 404');
};
