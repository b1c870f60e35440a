import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Gateway, Listener } from '../../../model/inventory.ts';
import { carriedBy, isNamed, neededListener } from '../../../model/referenced-gateway.ts';

/**
 * What becomes of a listener of a gateway that only routes name. A VirtualService picks servers by their port and not by
 * name: a listener that is known by its name alone becomes "whichever port", as long as no other one would then share
 * its requests and do something else with them.
 */
export const supposedVerdict = (
  listener: Listener,
  gateway: Gateway,
  frontends: readonly Frontend[],
): Verdict<Listener> => {
  if (!isNamed(listener)) return namelessVerdict(listener, gateway);
  const value = nameless(listener);
  const rivals = gateway.listeners.filter(other => other !== listener && nameless(other).name === value.name);
  const own = tablesText(gateway, listener, frontends);
  const isAlike = rivals.every(other => tablesText(gateway, other, frontends) === own);
  if (rivals.length > 0 && !isAlike) {
    return refused(
      'listener-name',
      `a VirtualService names ports, and that of listener \`${listener.name}\` is not known`,
      {
        workaround: `add the gateway \`${gateway.id}\` to the input`,
      },
    );
  }
  const same = gateway.listeners.filter(other => nameless(other).name === value.name);
  const first = same.find(other => !isNamed(other)) ?? same[0];
  if (first !== listener) {
    return refused('listener-name', `it has the routes of listener \`${first?.name}\`, and one is written for both`, {
      effect: 'none',
    });
  }
  return approximated(value, 'listener-name', `its routes are for ${placeText(value)} of the gateway`, {
    effect: rivals.length > 0 ? 'none' : 'differs',
  });
};

/** Connections are not read: of two rules for one port the first wins, and rules for every port would be among them. */
const namelessVerdict = (listener: Listener, { listeners }: Gateway): Verdict<Listener> => {
  const others = listeners.filter(other => other !== listener && carriedBy(other) === carriedBy(listener));
  if (!listener.anyPort || carriedBy(listener) === 'http' || others.length === 0) return 'applied';
  return refused('listener-port', 'rules for every port would be laid together with those for one', {
    workaround: 'name the port in each rule',
  });
};

/** The listener as it is without a name. */
const nameless = ({ anyPort, port, source, ...listener }: Listener): Listener =>
  neededListener({ carries: carriedBy(listener), ...(anyPort ? {} : { port }), ...(source ? { source } : {}) });

const placeText = ({ anyPort, port }: Listener): string => (anyPort ? 'every port' : `port ${port}`);

/** What the tables behind a listener do, whatever they are called. */
const tablesText = (gateway: Gateway, { name }: Listener, frontends: readonly Frontend[]): string =>
  JSON.stringify(
    frontends
      .filter(
        ({ listens }) => listens.kind === 'listener' && listens.gateway === gateway.id && listens.listener === name,
      )
      .map(({ listens, rules, noMatch, protocol }) => [
        listens.kind === 'listener' && listens.hosts,
        protocol,
        noMatch,
        rules,
      ]),
    (key, value) => (key === 'source' ? undefined : value),
  );
