import { unique } from '../../base/order.ts';
import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { RequestAuthentication } from '../../model/capabilities/request-authentication.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Protocol, Service } from '../../model/inventory.ts';
import type { Lookup } from '../lookup/lookup.ts';
import type { Destination } from '../request.ts';
import { Mentions } from './callers.ts';
import { guardsOf } from './guards-at.ts';
import { servicesReached } from './reached.ts';

/** Something that callers dial, with all that decides about it in any of the models. */
export interface Target {
  /** A service id, or a host; with a gateway, what is asked for there. */
  readonly name: string;
  readonly to: Destination;
  readonly via?: string;
  readonly protocol: Protocol | undefined;
  /** Whether TLS is ended there, so that HTTP arrives as HTTPS. */
  readonly overTls: boolean;
  /** The namespace where it runs; empty if nowhere that is known. */
  readonly home: string;
  /** What is dialled and what rules send to, as any of the models knows it. */
  readonly services: readonly Service[];
  readonly frontends: readonly Frontend[];
  readonly policies: readonly AccessPolicy[];
  readonly authentications: readonly RequestAuthentication[];
  readonly mentions: Mentions;
}

/** How many statements about what clients see are walked for one target. */
const viewsAsked = 16;

const mentionsOf = (
  lookups: readonly Lookup[],
  frontends: readonly Frontend[],
  services: readonly Service[],
  policies: readonly AccessPolicy[],
): Mentions => {
  const mentions = new Mentions();
  for (const { clients, rules } of frontends) {
    mentions.scope(clients);
    for (const { match } of rules) if (match.caller) mentions.scope(match.caller);
  }
  for (const lookup of lookups) {
    for (const service of services) {
      for (const { clients } of lookup.destinations.about({ service, host: service.hosts[0] ?? service.id })) {
        mentions.scope(clients);
      }
      for (const namespace of lookup.services.exposedTo(service) ?? []) mentions.namespaces.add(namespace);
    }
    // Statements about what clients see concern every target; the first of them stand for all, and the rest is counted.
    const views = [...lookup.model.visibility, ...lookup.model.egress];
    for (const { clients } of views.slice(0, viewsAsked)) mentions.scope(clients);
    mentions.left += Math.max(0, views.length - viewsAsked);
  }
  for (const policy of policies) mentions.policy(policy);
  return mentions;
};

const none = new Mentions();

const mayMention = (lookups: readonly Lookup[]): boolean =>
  lookups.some(({ namesCallers, model }) => namesCallers || model.visibility.length + model.egress.length > viewsAsked);

/** Where a target is, before anything is looked up. */
export interface Place {
  readonly name: string;
  readonly to: Destination;
  readonly via?: string;
  readonly protocol: Protocol | undefined;
  readonly overTls?: boolean;
  readonly service?: Service;
  readonly frontends: readonly Frontend[];
  readonly guardedBy?: readonly AccessPolicy[];
  readonly verifiedBy?: readonly RequestAuthentication[];
}

/** Most is worked out when it is asked for: of many targets most are not looked at any closer. */
export class TargetIn implements Target {
  readonly name: string;
  readonly to: Destination;
  readonly via?: string;
  readonly protocol: Protocol | undefined;
  readonly overTls: boolean;
  readonly frontends: readonly Frontend[];
  readonly #lookups: readonly Lookup[];
  readonly #place: Place;
  #services: readonly Service[] | undefined;
  #guards: ReturnType<typeof guardsOf> | undefined;
  #policies: readonly AccessPolicy[] | undefined;
  #authentications: readonly RequestAuthentication[] | undefined;
  #mentions: Mentions | undefined;

  constructor(lookups: readonly Lookup[], place: Place) {
    const { name, to, via, protocol, overTls = false, frontends } = place;
    this.#lookups = lookups;
    this.#place = place;
    this.name = name;
    this.to = to;
    if (via !== undefined) this.via = via;
    this.protocol = protocol;
    this.overTls = overTls;
    this.frontends = frontends;
  }

  get home(): string {
    return this.#place.service?.namespace ?? this.services[0]?.namespace ?? '';
  }

  get services(): readonly Service[] {
    this.#services ??= servicesReached(this.#lookups, this.#place.service, this.#place.frontends);
    return this.#services;
  }

  #guardsBehind(): ReturnType<typeof guardsOf> {
    this.#guards ??= guardsOf(this.#lookups, this.services);
    return this.#guards;
  }

  get policies(): readonly AccessPolicy[] {
    this.#policies ??= unique([...(this.#place.guardedBy ?? []), ...this.#guardsBehind().policies]);
    return this.#policies;
  }

  get authentications(): readonly RequestAuthentication[] {
    this.#authentications ??= unique([...(this.#place.verifiedBy ?? []), ...this.#guardsBehind().authentications]);
    return this.#authentications;
  }

  get mentions(): Mentions {
    this.#mentions ??= mayMention(this.#lookups)
      ? mentionsOf(this.#lookups, this.frontends, this.services, this.policies)
      : none;
    return this.#mentions;
  }
}
