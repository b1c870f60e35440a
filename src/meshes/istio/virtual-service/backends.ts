import type { Field } from '../../../base/field.ts';
import { proxyDefault, written } from '../../../base/source.ts';
import type { Action, Backend, WeightedBackend } from '../../../model/frontend.ts';
import type { FindBackend } from './destinations.ts';
import { type Edits, layer, overlap, readEdits } from './header-edits.ts';

/** A destination with its share, and what is done to its headers alone. */
export interface Share {
  readonly backend: Omit<WeightedBackend, 'requestHeaders' | 'responseHeaders'>;
  readonly edits: Edits;
}

const nowhere: Backend = { kind: 'nowhere', status: 503, why: 'no destination is written', named: '' };

/**
 * Weights: a single destination takes everything, whatever it says; beside others an absent weight is zero (observed,
 * rows 4.1–4.3). TCP and TLS routes share the rule.
 */
export const readBackends = (routes: readonly Field[], findBackend: FindBackend): readonly Share[] =>
  routes.map(route => {
    const weight = route.at('weight');
    const value = weight?.asNumber();
    const destination = route.at('destination');
    const share = value === undefined ? proxyDefault(0) : written(value, weight);
    return {
      backend: {
        backend: destination ? findBackend(destination) : nowhere,
        weight: routes.length === 1 ? proxyDefault(1) : share,
        source: route,
      },
      edits: readEdits(route.at('headers')),
    };
  });

type WithHeaders = Pick<Action, 'requestHeaders' | 'responseHeaders'> & {
  readonly backends: readonly WeightedBackend[];
  /** The Host that all of the rule's requests get. */
  readonly host?: string;
};

/**
 * The edits of a rule and of its destinations, so that it does not matter in which order they are carried out. With one
 * destination the rule's come first; with several the destination's do, and then the rule has the last word (observed,
 * rows 11.1, 18.1). Where both touch one header they are put together at the destinations.
 */
export const withHeaders = (rule: Edits, shares: readonly Share[]): WithHeaders => {
  const alone = shares.length === 1;
  const host = rule.host ?? (alone ? shares[0]?.edits.host : undefined);
  const isMixed = (of: 'request' | 'response'): boolean => shares.some(({ edits }) => overlap(rule[of], edits[of]));
  const both = (of: 'request' | 'response', own: Edits) =>
    alone ? layer(rule[of], own[of], 'together') : layer(own[of], rule[of], 'inTurn');
  const [mixedRequest, mixedResponse] = [isMixed('request'), isMixed('response')];
  const backends = shares.map(({ backend, edits }): WeightedBackend => {
    const request = withHost(mixedRequest ? both('request', edits) : edits.request, host === undefined, edits.host);
    const response = mixedResponse ? both('response', edits) : edits.response;
    if (!request && !response) return backend;
    return {
      ...backend,
      ...(request ? { requestHeaders: request } : {}),
      ...(response ? { responseHeaders: response } : {}),
    };
  });
  return {
    backends,
    ...(host === undefined ? {} : { host }),
    ...(rule.request && !mixedRequest ? { requestHeaders: rule.request } : {}),
    ...(rule.response && !mixedResponse ? { responseHeaders: rule.response } : {}),
  };
};

/** One of several destinations has a Host of its own, unless the rule has one for all. */
const withHost = (edits: WeightedBackend['requestHeaders'], isFree: boolean, host: string | undefined) =>
  isFree && host !== undefined ? { ...edits, set: { ...edits?.set, host } } : edits;
