import { endpointText } from '../model/scope.ts';
import type { Touched } from './inquiry.ts';
import type { Leg } from './leg.ts';
import type { Sender } from './lookup/coverage.ts';
import { splitTarget } from './normalize.ts';
import type { Encrypted } from './outcome.ts';
import type { Party } from './party.ts';
import type { Answer, Treatment } from './routing.ts';
import type { Traffic } from './sight.ts';

/** How a request leaves the first place on its way, or what that answers. */
export type Departure =
  | {
      readonly kind: 'answered';
      readonly answer: Answer;
      /** Of the connection on which the answer goes back; that between an application and its own proxy is plain. */
      readonly encrypted: Encrypted;
      readonly identitySeen?: string;
    }
  | {
      readonly kind: 'sent';
      readonly party: Party;
      readonly traffic: Traffic;
      readonly legs: readonly Leg[];
      readonly treatment: Treatment;
      /** Of the connection that came before, if there was one. */
      readonly encrypted?: Encrypted;
    };

export const answered = (answer: Answer, encrypted: Encrypted = 'plaintext'): Departure => ({
  kind: 'answered',
  answer,
  encrypted,
});

/** The answer to a path that no proxy forwards. */
export const badPath: Answer = { decision: 'responded', status: 400 };

/** What becomes of traffic that has nowhere to go: HTTP gets a status, a bare connection is closed. */
export const nowhereToGo = (http: boolean, status: number): Answer =>
  http ? { decision: 'unroutable', status } : { decision: 'reset' };

const senders = new WeakMap<Party, Sender>();

/** A party as scopes see it when it sends; the same for the same party. */
export const senderOf = (party: Party): Sender => {
  const known = senders.get(party);
  if (known) return known;
  const sender: Sender = {
    labels: party.labels,
    ...(party.namespace === undefined ? {} : { namespace: party.namespace }),
    ...(party.gateway === undefined ? {} : { gateway: party.gateway }),
    ...(party.proxy ? { mesh: party.proxy.mesh.id } : {}),
  };
  senders.set(party, sender);
  return sender;
};

/** Several legs lead to the same endpoints, so that what one of them meets there says nothing about their sum. */
const meetAgain = (legs: readonly Leg[]): boolean =>
  legs.length > 1 &&
  new Set(legs.map(({ endpoints }) => (endpoints ? endpointText(endpoints) : ''))).size < legs.length;

const ends = new WeakMap<Leg, string>();

/** Where a leg leads and what is done on it; legs are kept from one request to the next. */
const endInWords = (leg: Leg): string => {
  const known = ends.get(leg);
  if (known !== undefined) return known;
  const { service, name, port, subset, endpoints: _, share: __, ...done } = leg;
  const words = `${service?.id} ${name} ${port} ${subset ? JSON.stringify(subset) : ''} ${JSON.stringify(done)}`;
  ends.set(leg, words);
  return words;
};

/**
 * What decides about the rest of the way, beside the parts of the request that the sender still chooses: where it goes,
 * in whose name, and what was done to it. Of a path that was made of the sender's only how it was made is in it; how
 * much goes where, and with what deadlines, is in it only where what follows cannot be told apart from that: where a
 * waypoint may add its own, or two ways lead to one end. Of an answer only the kind is: whether it keeps the caller out
 * counts where the other side lets the request go on.
 */
export const stateOf = (departure: Departure, hasWaypoints: boolean): string => {
  if (departure.kind === 'answered') return `answered ${departure.answer.decision}`;
  const { party, traffic, legs, treatment, encrypted } = departure;
  const { layer, authority, port, sealed, token, touched, peerAddress } = traffic;
  const { rewrite, ...rest } = treatment;
  const isMixed = hasWaypoints || meetAgain(legs);
  const ends = legs.map(leg => (isMixed ? `${endInWords(leg)} ${leg.share}` : endInWords(leg)));
  const parts: readonly unknown[] = [
    ...[party.at, party.id, party.proxy?.mesh.id, party.proxy?.mode],
    ...[layer, authority, port, sealed, token !== undefined, peerAddress !== undefined],
    touched && inWords(touched),
    ...(isMixed ? ends : ends.sort()),
    isMixed ? JSON.stringify(rest) : rest.step && JSON.stringify(rest.step),
    rewrite?.host,
    rest.step === 'set' ? (rewrite?.path ?? splitTarget(traffic.request.path).path) : '',
    // The destination may have a budget for tries.
    rest.retries && rest.retries.budget === undefined,
    encrypted,
  ];
  // Nothing that is written in one line holds another.
  return parts.join('\n');
};

const inWords = ({ path, host, address, token, headers }: Touched): string =>
  JSON.stringify([path, host, address, token, headers && [...headers]]);
