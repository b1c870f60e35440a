import type { Source } from '../../../base/source.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Backend } from '../../../model/frontend.ts';
import type { Protocol, Service } from '../../../model/inventory.ts';
import type { Labels } from '../../../model/scope.ts';
import { type Defaults, isHttp } from '../entries/defaults.ts';
import { leaveNamespace } from '../entries/untold.ts';
import type { EntryField } from '../entry-field.ts';
import { type Entry, type Reading, report } from '../reading.ts';
import { elsewhere } from './elsewhere.ts';
import { readFailovers } from './failover.ts';
import { merged, readHeaderEdits } from './header-edits.ts';
import { labelsOfSubset } from './subset-filter.ts';

/** The entries that decide where requests for a service go. */
export interface ChainEntries {
  readonly routers: ReadonlyMap<string, Entry>;
  readonly splitters: ReadonlyMap<string, Entry>;
  readonly resolvers: ReadonlyMap<string, Entry>;
  readonly defaults: Defaults;
}

/** One end of a chain: endpoints, and the part of 10 000 that goes there. */
export interface End {
  readonly backend: Backend;
  readonly weight: number;
  readonly requestHeaders?: HeaderEdits;
  readonly responseHeaders?: HeaderEdits;
  readonly source?: Source;
}

/** The service that a client named. A gateway names none: it comes in on the port that is registered. */
export type Dialled = Pick<Service, 'namespace' | 'ports'> & { readonly id?: string };

/** What is left out of an answer that nobody gives: a failing route answers so (observed, row 3.11). */
const noEndpoint = 503;

/** All of a split, in hundredths of a percent, which is the finest that Envoy is told (observed, row 3.3). */
export const whole = 10_000;

/**
 * The hundredths of a percent that Envoy is told of a share: Consul multiplies in 32 bits and cuts the rest off, so that
 * 10.11 percent become 1010 parts (observed, Consul 1.21.0; `makeRouteActionForSplitter` in agent/xds/routes.go).
 */
export const asTold = (parts: number): number => Math.trunc(Math.fround(Math.fround(parts / 100) * 100));

/**
 * Follows the entries from a name to endpoints, as the discovery chain of Consul does: a split of the name, the splits of
 * the names that it leads to, then the resolver of each. Routers count only for the name that was dialled, and splits
 * only where no subset is named (observed, rows 3.6 to 3.9).
 */
export class Chain {
  private readonly reading: Reading;
  private readonly entries: ChainEntries;
  private readonly protocolOf: (name: string) => Protocol;
  private readonly hasFailover: boolean;
  private readonly subsets = new Map<EntryField['field'], Labels | undefined>();

  /** `hasFailover`: whether others stand in for names that nobody has; absent: they do. */
  constructor(
    reading: Reading,
    entries: ChainEntries,
    protocolOf: (name: string) => Protocol,
    { hasFailover = true } = {},
  ) {
    this.reading = reading;
    this.entries = entries;
    this.protocolOf = protocolOf;
    this.hasFailover = hasFailover;
  }

  /** Where what is sent to a name goes in the end. `dialled`: the service that the client named. */
  ends(
    name: string,
    subset: string | undefined,
    dialled: Dialled,
    at: Source,
    seen: readonly string[] = [],
  ): readonly End[] {
    const splitter =
      subset === undefined && isHttp(this.protocolOf(name)) ? this.entries.splitters.get(name) : undefined;
    if (!splitter?.spec) return [{ backend: this.resolve(name, subset, dialled, at), weight: whole, source: at }];
    if (seen.includes(name)) return this.circle(name, splitter);
    const ends = splitter.spec.list('splits').flatMap(split => this.endsOfSplit(name, split, dialled, [...seen, name]));
    return joined(ends);
  }

  private endsOfSplit(name: string, split: EntryField, dialled: Dialled, seen: readonly string[]): readonly End[] {
    const target = split.text('service') ?? name;
    const subset = split.text('serviceSubset');
    const weight = Math.round((split.number('weight') ?? 0) * 100);
    if (weight < 0) report(this.reading, 'CONSUL104', split.at('weight'), 'a share below nothing is refused by Envoy');
    leaveNamespace(split);
    const away = this.elsewhere(split);
    const requestHeaders = readHeaderEdits(split.at('requestHeaders'));
    const responseHeaders = readHeaderEdits(split.at('responseHeaders'));
    const inner: readonly End[] = away
      ? [{ backend: away, weight: whole }]
      : target === name || subset !== undefined
        ? [{ backend: this.resolve(target, subset, dialled, split), weight: whole }]
        : this.ends(target, undefined, dialled, split, seen);
    return inner.map(end => ({
      ...end,
      ...edited(merged(requestHeaders, end.requestHeaders), merged(end.responseHeaders, responseHeaders)),
      weight: Math.round((Math.max(0, weight) * end.weight) / whole),
      source: split,
    }));
  }

  /** The endpoints of a name and subset, through redirects and the usual subset. */
  private resolve(name: string, subset: string | undefined, dialled: Dialled, at: Source): Backend {
    const seen = new Set<string>();
    let current = { name, subset };
    for (;;) {
      const key = `${current.name}/${current.subset ?? ''}`;
      const spec = this.entries.resolvers.get(current.name)?.spec;
      if (seen.has(key)) {
        report(this.reading, 'CONSUL106', at, `\`${name}\` is redirected in a circle`);
        return nowhere(current.name, 'its redirects lead in a circle');
      }
      seen.add(key);
      const redirect = spec?.at('redirect');
      if (redirect) {
        const away = this.elsewhere(redirect);
        if (away) return away;
        const next = {
          name: redirect.text('service') ?? current.name,
          subset:
            redirect.text('serviceSubset') ?? (redirect.text('service') === undefined ? current.subset : undefined),
        };
        if (next.name !== current.name || next.subset !== current.subset) {
          this.tellProtocols(current.name, next.name, redirect);
          current = next;
          continue;
        }
      }
      const usual = spec?.text('defaultSubset');
      if (current.subset === undefined && usual !== undefined) {
        current = { name: current.name, subset: usual };
        continue;
      }
      return this.endpoints(current.name, current.subset, spec, dialled, at);
    }
  }

  private endpoints(
    name: string,
    subset: string | undefined,
    spec: EntryField | undefined,
    dialled: Dialled,
    at: Source,
  ): Backend {
    const service = this.reading.services.resolve(name, dialled.namespace);
    if (!service) {
      const instead = this.hasFailover ? this.standIn(name, subset) : undefined;
      if (instead) return instead;
      report(this.reading, 'CONSUL103', at, `\`${name}\` is no service of the cluster`);
      return nowhere(name, 'there is no such service');
    }
    const port = portFor(service, dialled);
    const to = { kind: 'service', service: service.id, ...(port === undefined ? {} : { port }) } as const;
    if (subset === undefined) return to;
    const [, definition] = spec?.entries('subsets').find(([own]) => own === subset) ?? [];
    if (!definition && spec) {
      report(this.reading, 'CONSUL103', at, `\`${name}\` has no subset \`${subset}\``);
      return nowhere(`${name} ${subset}`, 'there is no such subset');
    }
    const labels = definition && this.labelsOf(name, definition);
    if (labels && Object.keys(labels).length === 0) return to;
    return { ...to, subset: { name: subset, ...(labels ? { labels } : {}) } };
  }

  /** Nobody has the name, so that requests go to the first that stands in for it (observed in agreement, 1.21.0). */
  private standIn(name: string, subset: string | undefined): Backend | undefined {
    const all = readFailovers({ reading: this.reading, resolvers: this.entries.resolvers, name });
    const one = all.find(failover => failover.subset?.name === subset) ?? all.find(failover => !failover.subset);
    const [first] = one?.locality.fallbacks ?? [];
    if (!first) return undefined;
    const [port] = this.reading.directory.find(first.service)?.ports ?? [];
    return { kind: 'service', ...first, ...(port ? { port: port.port } : {}) };
  }

  /** All names of a chain carry the same, or Consul refuses the entry (observed, row 3.8). */
  private tellProtocols(from: string, to: string, at: Source): void {
    const [own, other] = [this.protocolOf(from), this.protocolOf(to)];
    if (isHttp(own) === isHttp(other)) return;
    report(this.reading, 'CONSUL101', at, `\`${from}\` carries ${own}, and \`${to}\` ${other}`);
  }

  /** Each definition is read once, so that what is wrong with it is told once. */
  private labelsOf(service: string, definition: EntryField): Labels | undefined {
    const { field } = definition;
    if (!this.subsets.has(field)) this.subsets.set(field, labelsOfSubset(this.reading, service, definition));
    return this.subsets.get(field);
  }

  /** A destination in another datacenter, peer or partition: a host that Consul's DNS knows, and the input does not. */
  private elsewhere(target: EntryField): Backend | undefined {
    const place = ['peer', 'samenessGroup', 'partition', 'datacenter']
      .map(key => [key, target.text(key)] as const)
      .find(([key, value]) => value !== undefined && !(key === 'partition' && value === 'default'));
    if (!place || place[1] === this.reading.plane.datacenter) return undefined;
    const service = target.text('service') ?? target.object.name;
    const subset = target.text('serviceSubset');
    return { kind: 'service', service: elsewhere(this.reading, target.field, service, subset, place[1] ?? '') };
  }

  private circle(name: string, splitter: Entry): readonly End[] {
    report(this.reading, 'CONSUL106', splitter.object.ref, `the splits of \`${name}\` lead back to it`);
    return [{ backend: nowhere(name, 'its splits lead in a circle'), weight: whole }];
  }
}

const edited = (requestHeaders: HeaderEdits | undefined, responseHeaders: HeaderEdits | undefined) => ({
  ...(requestHeaders ? { requestHeaders } : {}),
  ...(responseHeaders ? { responseHeaders } : {}),
});

const nowhere = (named: string, why: string): Backend => ({ kind: 'nowhere', status: noEndpoint, why, named });

/**
 * The port that a client's port becomes at another service. An instance has one port that is registered; where the other
 * service has every port of the one that was dialled, they are taken to stand for each other.
 */
export const portFor = (service: Service, dialled: Dialled): number | undefined => {
  if (service.id === dialled.id) return undefined;
  const [first] = service.ports;
  if (dialled.id === undefined) return first?.port;
  const isAlike = dialled.ports.every(({ port }) => service.ports.some(other => other.port === port));
  return first === undefined || dialled.ports.length === 0 || isAlike ? undefined : first.port;
};

/** Two ways to one end with the same edits are one. */
const joined = (ends: readonly End[]): readonly End[] => {
  const all = new Map<string, End>();
  for (const end of ends) {
    const key = JSON.stringify([end.backend, plainEdits(end.requestHeaders), plainEdits(end.responseHeaders)]);
    const known = all.get(key);
    all.set(key, known ? { ...known, weight: known.weight + end.weight } : end);
  }
  return [...all.values()];
};

const plainEdits = (edits: HeaderEdits | undefined): unknown => edits && [edits.set, edits.add, edits.remove];
