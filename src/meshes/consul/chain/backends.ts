import { unique } from '../../../base/order.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Action, WeightedBackend } from '../../../model/frontend.ts';
import { type Defaults, serverTimeout } from '../entries/defaults.ts';
import type { Reading } from '../reading.ts';
import type { End } from './chain.ts';
import { shorter } from './read-destination.ts';

/** What a route itself does to headers, beside what its ends do. */
export type Edits = Pick<Action, 'requestHeaders' | 'responseHeaders'>;

/** The ends of a route as its backends. Whole percents, where all shares are. */
export const backendsOf = (ends: readonly End[], route: Edits = {}): readonly WeightedBackend[] =>
  inPercent(ends).map(end => backendOf(end, route));

const inPercent = (ends: readonly End[]): readonly End[] =>
  ends.every(({ weight }) => weight % 100 === 0) ? ends.map(end => ({ ...end, weight: end.weight / 100 })) : ends;

/** What a route sets counts before what a split sets, and both add (observed, row 1.32). */
const backendOf = (end: End, route: Edits): WeightedBackend => {
  const { backend, weight, source } = end;
  const requestHeaders = without(end.requestHeaders, route.requestHeaders);
  const responseHeaders = without(end.responseHeaders, route.responseHeaders);
  return {
    backend,
    weight: written(weight, source),
    ...(requestHeaders ? { requestHeaders } : {}),
    ...(responseHeaders ? { responseHeaders } : {}),
    ...(source ? { source } : {}),
  };
};

const without = (own: HeaderEdits | undefined, route: HeaderEdits | undefined): HeaderEdits | undefined => {
  if (!own?.set || !route?.set) return own;
  const hidden = route.set;
  const set = Object.fromEntries(Object.entries(own.set).filter(([name]) => !(name in hidden)));
  const { set: _, ...rest } = own;
  return { ...rest, ...(Object.keys(set).length > 0 ? { set } : {}) };
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
