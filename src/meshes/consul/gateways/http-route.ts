import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Action, Rule } from '../../../model/frontend.ts';
import { type Edits, forwarding, requestTimeout } from '../chain/backends.ts';
import { type Chain, type ChainEntries, type Dialled, type End, whole } from '../chain/chain.ts';
import { readHeaderEdits } from '../chain/header-edits.ts';
import { readRetries, readTimeout } from '../chain/read-destination.ts';
import type { EntryField } from '../entry-field.ts';
import { type Entry, type Reading, report } from '../reading.ts';
import { readGatewayMatch } from './http-match.ts';

/** What the routes of a gateway are read with. */
export interface RouteReading {
  readonly reading: Reading;
  readonly entries: ChainEntries;
  readonly chain: Chain;
}

/** Someone who comes from a gateway: it dials no port of a service. */
export const fromGateway = (namespace: string): Dialled => ({ namespace, ports: [] });

/** The rules of an HTTP route as they are written; which comes first is decided for each host over all routes. */
export const readHttpRules = (entry: Entry, context: RouteReading): readonly Rule[] =>
  (entry.spec?.list('rules') ?? []).flatMap((rule, index): readonly Rule[] => {
    const action = readAction(rule, `${entry.namespace}/${entry.name}/rules[${index}]`, entry, context);
    const matches = rule.list('matches');
    if (matches.length === 0) return [{ id: action.id, match: { source: rule }, action }];
    return matches.map((match, at) => ({
      id: `${action.id}.matches[${at}]`,
      match: readGatewayMatch(match, context.reading),
      action,
    }));
  });

/**
 * A rule sends to services, through their splits and resolvers, and not through their routers (observed, row 8.9). Without a
 * timeout it waits for 15 s (row 8.6); a number of retries alone retries nothing (row 8.5).
 */
const readAction = (rule: EntryField, id: string, entry: Entry, context: RouteReading): Action => {
  const { reading, entries } = context;
  const filters = rule.at('filters');
  filters?.leave('jwt', 'tokens at gateways belong to the Enterprise edition');
  const services = rule.list('services').filter(service => service.text('name') !== undefined);
  const [only, ...more] = services;
  const single = more.length === 0 ? only : undefined;
  // The edits of the only service are those of the rule; a rewrite of its own takes the place of the rule's.
  const edits = readEdits([rule, ...(single ? [single] : [])]);
  const ends = endsOf(services, entry.namespace, context);
  const rewrite = single?.find('filters', 'urlRewrite') ?? filters?.at('urlRewrite');
  const prefix = rewrite?.text('path');
  const retries = filters?.at('retryFilter');
  const timeouts = filters?.at('timeoutFilter');
  const idle = readTimeout(timeouts, 'idleTimeout');
  const request = requestTimeout(readTimeout(timeouts, 'requestTimeout'), ends, entries.defaults, reading);
  const retried = retries && readRetries(retries, reading);
  return {
    id,
    ...forwarding(ends, edits),
    timeouts: { request, ...(idle ? { idle } : {}) },
    ...(retried ? { retries: retried } : {}),
    ...(prefix === undefined ? {} : { rewrite: { path: { kind: 'prefix', value: prefix }, source: rewrite! } }),
    source: rule,
  };
};

/** Weights are whole numbers, and one if absent or nothing (observed, row 8.10, and as it is read back, 1.21). */
const weightOf = (service: EntryField): number => Math.max(0, service.number('weight') ?? 0) || 1;

const endsOf = (services: readonly EntryField[], namespace: string, context: RouteReading): readonly End[] => {
  if (services.length === 0) {
    const nowhere = { kind: 'nowhere', status: 503, why: 'no service is named', named: 'nothing' } as const;
    return [{ backend: nowhere, weight: whole }];
  }
  for (const service of services) {
    if (services.length > 1 && service.number('weight') === 0)
      report(context.reading, 'CONSUL110', service.at('weight'), 'a weight of 0 is taken for 1');
  }
  const total = services.reduce((sum, service) => sum + weightOf(service), 0);
  return services.flatMap(service => {
    const name = service.text('name')!;
    const share = services.length === 1 ? 1 : weightOf(service) / total;
    const own = services.length === 1 ? {} : readEdits([service]);
    if (services.length > 1)
      service.find('filters')?.leave('urlRewrite', 'where several services share, it does nothing');
    return context.chain
      .ends(name, undefined, fromGateway(namespace), service)
      .map(end => ({ ...end, ...own, weight: Math.round(end.weight * share) }));
  });
};

/** What header filters of several places come to, the later over the earlier. */
const readEdits = (places: readonly EntryField[]): Edits => {
  const requestHeaders = joined(places.flatMap(place => place.find('filters')?.list('headers') ?? []));
  const responseHeaders = joined(places.flatMap(place => place.find('responseFilters')?.list('headers') ?? []));
  return { ...(requestHeaders ? { requestHeaders } : {}), ...(responseHeaders ? { responseHeaders } : {}) };
};

const joined = (filters: readonly EntryField[]): HeaderEdits | undefined => {
  const all = filters.flatMap(filter => readHeaderEdits(filter) ?? []);
  const [first] = all;
  if (!first) return undefined;
  const set = Object.assign({}, ...all.map(edits => edits.set ?? {})) as Record<string, string>;
  const add = Object.assign({}, ...all.map(edits => edits.add ?? {})) as Record<string, string>;
  const remove = all.flatMap(edits => edits.remove ?? []);
  return {
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(Object.keys(add).length > 0 ? { add } : {}),
    ...(remove.length > 0 ? { remove } : {}),
    ...(first.source ? { source: first.source } : {}),
  };
};
