/** Configurations by hand, one idea each: what was once observed of a mesh, and what stands at its side. */
import { requestOf } from '../../src/verify/request.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import type { Question } from '../probe/question.ts';
import type { Configuration, Slot } from './configuration.ts';

export type Ask = Partial<Question['request']> & Partial<Pick<Question, 'caller' | 'port' | 'plan' | 'times'>>;

/** A question to the service of a slot, by its client in the same namespace. */
export const askBy =
  (hostOf: (service: string) => string) =>
  ({ name }: Slot, { caller = 'shop/client', port = 80, plan, times, ...request }: Ask): Question => ({
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

/** Makes cases of one family into configurations. */
export const familyBy =
  (ask: ReturnType<typeof askBy>) =>
  (kind: Slot['kind']) =>
  (name: string, cases: readonly Case[], asks: readonly Ask[] = []): readonly Configuration<KubernetesObject>[] =>
    cases.map(one => ({
      id: `${name}: ${one.name}`,
      family: name,
      kind,
      objects: slot => one.write(slot.name),
      ...(one.earlier ? { earlier: slot => one.earlier?.(slot.name) ?? [] } : {}),
      questions: slot => [...asks, ...(one.asks ?? [])].map(each => ask(slot, each)),
    }));

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
