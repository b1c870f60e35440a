/** Configurations by hand, one idea each: what was once observed of Istio, and what stands at its side. */
import { requestOf } from '../../../src/verify/request.ts';
import { type door, gateway, hostOf, outsideName } from '../../istio/native.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Question } from '../../probe/question.ts';
import type { Configuration, Slot } from '../configuration.ts';
import type { Gate } from '../questions.ts';

export type IstioConfiguration = Configuration<KubernetesObject>;

export type Ask = Partial<Question['request']> & Partial<Pick<Question, 'caller' | 'port' | 'plan' | 'times'>>;

/** A question to the service of a slot, by its client in the same namespace. */
export const ask = ({ name }: Slot, { caller = 'shop/client', port = 80, plan, times, ...request }: Ask): Question => ({
  caller,
  service: `shop/${name}`,
  port,
  request: requestOf({ authority: hostOf(name), ...request }),
  ...(plan ? { plan } : {}),
  ...(times === undefined ? {} : { times }),
});

/** One case of a family: what to write for a service, and what to ask beside the borders. */
export interface Case {
  readonly name: string;
  readonly write: (service: string) => readonly KubernetesObject[];
  /** What is made before that, where the age of objects counts. */
  readonly earlier?: (service: string) => readonly KubernetesObject[];
  readonly asks?: readonly Ask[];
}

const family =
  (kind: Slot['kind']) =>
  (name: string, cases: readonly Case[], asks: readonly Ask[] = []): readonly IstioConfiguration[] =>
    cases.map(one => ({
      id: `${name}: ${one.name}`,
      family: name,
      kind,
      objects: slot => one.write(slot.name),
      ...(one.earlier ? { earlier: slot => one.earlier?.(slot.name) ?? [] } : {}),
      questions: slot => [...asks, ...(one.asks ?? [])].map(each => ask(slot, each)),
    }));

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

/** Cases from a list of values, named by what is written. */
export const each = <T>(
  values: readonly T[],
  write: (value: T, service: string) => readonly KubernetesObject[],
): readonly Case[] =>
  values.map(value => ({
    name: typeof value === 'string' ? value : JSON.stringify(value),
    write: service => write(value, service),
  }));

export const paths = (...all: readonly string[]): readonly Ask[] => all.map(path => ({ path }));
