/** The ways to try Istio's configuration: of a service, of a server that is guarded, and behind a gateway. */
import { type door, gateway, hostOf, outsideName } from '../../istio/native.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { type Ask, askBy, type Case, familyBy } from '../cases.ts';
import type { Configuration, Slot } from '../configuration.ts';
import type { Gate } from '../questions.ts';

export { type Ask, type Case, each, paths } from '../cases.ts';

export type IstioConfiguration = Configuration<KubernetesObject>;

export const ask = askBy(hostOf);

const family = familyBy(ask);

/** Who comes in through a gateway of the bed, to the host of a slot. */
const entrance =
  ({ id, port }: typeof gateway | typeof door) =>
  ({ name }: Slot): Gate => ({ via: id, host: outsideName(name), port, caller: 'bare/plain' });

/** Cases behind the gateway of the bed, which is asked for a host of each service's own. */
export const entering = (
  name: string,
  cases: readonly Case[],
  asks: readonly Ask[] = [],
  through: typeof gateway | typeof door = gateway,
): readonly IstioConfiguration[] =>
  family('site')(name, cases).map((one, index) => ({
    ...one,
    entrance: entrance(through),
    questions: (slot: Slot) =>
      [...asks, ...(cases[index]?.asks ?? [])].map(each => {
        const { via, host, port, caller } = entrance(through)(slot);
        return { ...ask(slot, { authority: host, caller, port, ...each }), via };
      }),
  }));

export const routing = family('site');
export const guarding = family('guard');
