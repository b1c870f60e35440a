import { unique } from '../../../base/order.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Action, WeightedBackend } from '../../../model/frontend.ts';
import { type Defaults, serverTimeout } from '../entries/defaults.ts';
import type { Reading } from '../reading.ts';
import { asTold, type End } from './chain.ts';
import { inTurn, overlap } from './header-edits.ts';
import { shorter } from './read-destination.ts';

/** What a route itself does to headers, beside what its ends do. */
export type Edits = Pick<Action, 'requestHeaders' | 'responseHeaders'>;

/** Ends as backends. Whole percents, where all shares are. */
export const backendsOf = (ends: readonly End[]): readonly WeightedBackend[] =>
  inPercent(ends).map(({ backend, weight, requestHeaders, responseHeaders, source }) => ({
    backend,
    weight: written(weight, source),
    ...edited(requestHeaders, responseHeaders),
    ...(source ? { source } : {}),
  }));

const inPercent = (ends: readonly End[]): readonly End[] =>
  ends.every(({ weight }) => weight % 100 === 0)
    ? ends.map(end => ({ ...end, weight: end.weight / 100 }))
    : ends.map(end => ({ ...end, weight: asTold(end.weight) }));

const edited = (requestHeaders: HeaderEdits | undefined, responseHeaders: HeaderEdits | undefined): Edits => ({
  ...(requestHeaders ? { requestHeaders } : {}),
  ...(responseHeaders ? { responseHeaders } : {}),
});

/**
 * A route with its ends. Envoy carries out the edits of a split first and then those of its route (observed, row 1.32);
 * where both touch one header, the two are put together at the ends, so that nobody has to know the order.
 */
export const forwarding = (ends: readonly End[], route: Edits = {}): Edits & Pick<Action, 'target'> => {
  const isMixed = (of: keyof Edits): boolean => ends.some(end => overlap(end[of], route[of]));
  const [request, response] = [isMixed('requestHeaders'), isMixed('responseHeaders')];
  const whole = ends.map(({ requestHeaders, responseHeaders, ...end }) => ({
    ...end,
    ...edited(
      request ? inTurn(requestHeaders, route.requestHeaders) : requestHeaders,
      response ? inTurn(responseHeaders, route.responseHeaders) : responseHeaders,
    ),
  }));
  return {
    target: { kind: 'forward', backends: backendsOf(whole) },
    ...edited(request ? undefined : route.requestHeaders, response ? undefined : route.responseHeaders),
  };
};

/** How long a request to these ends may take: the shorter of what the client says and the servers do. */
export const requestTimeout = (
  client: Setting<number> | undefined,
  ends: readonly End[],
  defaults: Defaults,
  { services }: Pick<Reading, 'services'>,
): Setting<number> => {
  const ids = unique(ends.flatMap(({ backend }) => (backend.kind === 'service' ? [backend.service] : [])));
  const waits = ids.map(id => serverTimeout(defaults, services.nameOf({ id })));
  const [shortest = proxyDefault(0)] = waits.toSorted((a, b) => (a.value || Infinity) - (b.value || Infinity));
  return shorter(client, shortest);
};
