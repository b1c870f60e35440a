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
  const verdict = gatewayVerdict(gateway);
  if (verdict !== 'applied') return refused('gateway-unknown', `gateway \`${gateway.id}\` is not written`);
  const { protocol, tls, port, hosts } = listener;
  if (tls || protocol === 'https' || protocol === 'tls') {
    return refused('listener-tls', 'listeners for TLS are not written', {
      workaround: 'end TLS before the proxy',
    });
  }
  if (protocol === 'tcp' || protocol === 'udp') return refused('listener-bytes', 'only listeners for HTTP are written');
  const rival = gateway.listeners
    .slice(0, gateway.listeners.indexOf(listener))
    .find(other => other.port === port && !other.tls && sharesHost(other.hosts, hosts));
  return rival
    ? refused('listener-conflict', `listener \`${rival.name}\` has the same port and hosts`, { effect: 'none' })
    : 'applied';
};

const sharesHost = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === 0 ? b.length === 0 : a.some(host => b.includes(host));
