import { byText, unique } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type { Setting, Source } from '../../../base/source.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { Protocol, Service } from '../../../model/inventory.ts';
import { everything, type Match } from '../../../model/match.ts';
import { isHttp } from '../entries/defaults.ts';
import { leaveTenancy } from '../entries/untold.ts';
import type { EntryField } from '../entry-field.ts';
import { meshGatewayName, usualTimeoutMs } from '../mesh.ts';
import { type Reading, report } from '../reading.ts';
import { type Edits, forwarding, requestTimeout } from './backends.ts';
import { Chain, type ChainEntries, type Dialled, type End } from './chain.ts';
import { readHeaderEdits } from './header-edits.ts';
import { readRetries, readTimeout } from './read-destination.ts';
import { readMatch } from './read-match.ts';
import { isOwnSplit } from './split-names.ts';

/** What clients do with traffic to each service that some entry speaks of. */
export const readFrontends = (
  reading: Reading,
  entries: ChainEntries,
  chain: Chain,
  protocolOf: (name: string) => Protocol,
): readonly Frontend[] => {
  const names = namesSpokenOf(reading, entries).toSorted(byText);
  return names.flatMap(name => new Table(reading, entries, chain, protocolOf, name).frontends());
};

/** The names of services that some entry is about, whether anybody bears them or not. */
export const namesSpokenOf = (
  { inventory, services }: Pick<Reading, 'inventory' | 'services'>,
  { routers, splitters, resolvers, defaults }: ChainEntries,
): readonly string[] =>
  unique([
    ...routers.keys(),
    ...splitters.keys(),
    ...resolvers.keys(),
    ...defaults.services.keys(),
    ...(defaults.ofAll ? inventory.services.map(service => services.nameOf(service)) : []),
  ]);

/** The services that clients dial by a name. One that only splits of ours lead to is dialled by nobody. */
export const dialledBy = (
  name: string,
  { directory, services }: Pick<Reading, 'directory' | 'services'>,
  { routers, splitters, resolvers }: Pick<ChainEntries, 'routers' | 'splitters' | 'resolvers'>,
): readonly Service[] => {
  const known = services.named(name);
  if (known.length > 0) return known;
  const entry = routers.get(name) ?? splitters.get(name) ?? resolvers.get(name);
  if (!entry || isOwnSplit(entry)) return [];
  const service = directory.resolve(entry.namespace, name);
  return service ? [service] : [];
};

/**
 * What a mesh gateway does otherwise with what callers of peers ask for: nobody stands in there for a name that nobody has
 * (observed in agreement, 1.21.0). `usual`: the tables of clients.
 */
export const readFrontendsOfPeers = (
  reading: Reading,
  entries: ChainEntries,
  protocolOf: (name: string) => Protocol,
  usual: readonly Frontend[],
): readonly Frontend[] => {
  const isFailing = [...entries.resolvers.values()].some(({ spec }) => spec?.find('failover') !== undefined);
  if (!isFailing) return [];
  const silent = { ...reading, findings: [] };
  const chain = new Chain(silent, entries, protocolOf, { hasFailover: false });
  const known = new Map(usual.map(frontend => [frontend.id, frontend]));
  return readFrontends(silent, entries, chain, protocolOf).flatMap(frontend =>
    isSame(frontend, known.get(frontend.id))
      ? []
      : [
          {
            ...frontend,
            id: `${frontend.id} from peers`,
            clients: { mesh: reading.mesh.id, gateway: meshGatewayName },
          },
        ],
  );
};

/** The tables of one name, one for each Kubernetes Service that bears it. */
export class Table {
  private readonly reading: Reading;
  private readonly entries: ChainEntries;
  private readonly chain: Chain;
  private readonly protocol: Protocol;
  private readonly name: string;

  constructor(
    reading: Reading,
    entries: ChainEntries,
    chain: Chain,
    protocolOf: (name: string) => Protocol,
    name: string,
  ) {
    this.reading = reading;
    this.entries = entries;
    this.chain = chain;
    this.protocol = protocolOf(name);
    this.name = name;
  }

  frontends(): readonly Frontend[] {
    return dialledBy(this.name, this.reading, this.entries).flatMap(service => this.frontend(service) ?? []);
  }

  /** What is done with requests for a service: its routes, and what none of them takes. `dialled`: what the client named. */
  rules(service: Service, dialled: Dialled = service): readonly Rule[] {
    const routes = isHttp(this.protocol) ? this.routes(service, dialled) : [];
    return routes.some(({ match }) => takesAll(match)) ? routes : [...routes, this.rest(service, dialled)];
  }

  private frontend(service: Service): Frontend | undefined {
    const { entries, name, reading } = this;
    const router = entries.routers.get(name);
    const splitter = entries.splitters.get(name);
    const resolver = entries.resolvers.get(name);
    const carriesHttp = isHttp(this.protocol);
    const source = (router ?? splitter ?? resolver)?.object.ref;
    if (!carriesHttp) {
      for (const entry of [router, splitter]) {
        if (!entry) continue;
        report(reading, 'CONSUL101', entry.object.ref, `\`${name}\` carries ${this.protocol}`);
        entry.spec?.field.leave('the service carries bytes');
      }
    }
    const rules = this.rules(service);
    if (!router && this.isUsual(rules[0]!, service)) return undefined;
    return {
      id: service.id,
      listens: { kind: 'service', service: service.id },
      protocol: this.protocol,
      clients: { mesh: reading.mesh.id },
      rules,
      // The last rule takes the rest, so that this is for nobody; bytes are passed on.
      noMatch: carriesHttp ? { kind: 'respond', status: 404 } : { kind: 'passToService' },
      ...(source ? { source: { object: source, path: '' } } : {}),
    };
  }

  private routes(service: Service, dialled: Dialled): readonly Rule[] {
    const router = this.entries.routers.get(this.name);
    return (router?.spec?.list('routes') ?? []).map((route, index): Rule => {
      const id = `routes[${index}]`;
      const destination = route.at('destination');
      leaveTenancy(destination);
      const match = readMatch(route.at('match'), this.reading);
      const name = destination?.text('service') ?? this.name;
      const ends = this.chain.ends(name, destination?.text('serviceSubset'), dialled, destination ?? route);
      const prefix = destination?.text('prefixRewrite');
      const edits = readEdits(destination);
      const retries = destination && readRetries(destination, this.reading);
      const idle = readTimeout(destination, 'idleTimeout');
      const request = this.timeout(readTimeout(destination, 'requestTimeout'), ends);
      const action: Action = {
        id: `${service.id}/${id}`,
        ...forwarding(ends, edits),
        timeouts: { request, ...(idle ? { idle } : {}) },
        ...(retries ? { retries } : {}),
        ...(prefix === undefined ? {} : { rewrite: { path: { kind: 'prefix', value: prefix }, source: destination! } }),
        source: route,
      };
      return { id, match, action };
    });
  }

  /** What no route takes goes on to the service itself: through its splits, and its resolver (observed, row 1.15). */
  private rest(service: Service, dialled: Dialled): Rule {
    const { entries, name } = this;
    const resolver = entries.resolvers.get(name);
    const source: Source = {
      object: (entries.splitters.get(name) ?? resolver)?.object.ref ?? service.source?.object ?? unnamed,
      path: '',
    };
    const ends = this.chain.ends(name, undefined, dialled, source);
    // The timeout of a resolver counts where nothing stands before it (observed, row 3.17).
    const isFirst = !entries.routers.has(name) && !entries.splitters.has(name);
    const last = this.redirected(ends);
    const own = isFirst ? readTimeout(last?.spec, 'requestTimeout') : undefined;
    if (!isFirst) resolver?.spec?.leave('requestTimeout', 'routes or splits stand before it');
    else if (last !== resolver) resolver?.spec?.leave('requestTimeout', 'it redirects to another service');
    const action: Action = {
      id: `${service.id}/rest`,
      ...forwarding(ends),
      ...(isHttp(this.protocol) ? { timeouts: { request: this.timeout(own, ends) } } : {}),
      source,
    };
    return { id: 'rest', match: everything, action };
  }

  /** The resolver that counts: behind a redirect that of the other service (seen, Consul 1.21.0). */
  private redirected([end]: readonly End[]) {
    const { entries, name, reading } = this;
    const isElsewhere = entries.resolvers.get(name)?.spec?.at('redirect') !== undefined;
    if (!isElsewhere) return entries.resolvers.get(name);
    return end?.backend.kind === 'service'
      ? entries.resolvers.get(reading.services.nameOf({ id: end.backend.service }))
      : undefined;
  }

  private timeout(client: Setting<number> | undefined, ends: readonly End[]): Setting<number> {
    return requestTimeout(client, ends, this.entries.defaults, this.reading);
  }

  /** Nothing else than what happens without any entry. */
  private isUsual({ action }: Rule, service: Service): boolean {
    const { target, timeouts } = action;
    const [only, ...more] = target.kind === 'forward' ? target.backends : [];
    const isSelf = only?.backend.kind === 'service' && only.backend.service === service.id && !only.backend.subset;
    const isPlain = only?.requestHeaders === undefined && only?.responseHeaders === undefined;
    return isSelf && isPlain && more.length === 0 && (timeouts?.request?.value ?? usualTimeoutMs) === usualTimeoutMs;
  }
}

const takesAll = (match: Match): boolean => Object.keys(match).every(part => part === 'source');

const unnamed = { apiVersion: '', kind: '', name: '' };

/** What a route or a split does to headers. */
export const readEdits = (destination: EntryField | undefined): Edits => {
  const requestHeaders = readHeaderEdits(destination?.at('requestHeaders'));
  const responseHeaders = readHeaderEdits(destination?.at('responseHeaders'));
  return { ...(requestHeaders ? { requestHeaders } : {}), ...(responseHeaders ? { responseHeaders } : {}) };
};
