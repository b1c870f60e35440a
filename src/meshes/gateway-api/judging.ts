import { SubsetServices } from '../../adapter/subset-services.ts';
import type { Finding } from '../../base/finding.ts';
import { groupBy } from '../../base/order.ts';
import type { Frontend, Rule } from '../../model/frontend.ts';
import type { Protocol, Service } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';
import { shadowedRules } from '../../native/gateway-api/order-completion.ts';
import type { GatewayApiProfile } from '../../native/gateway-api/profile.ts';

/** What the judge knows of source and target. */
export interface Judging {
  readonly model: Model;
  readonly profile: GatewayApiProfile;
  /** Whether the target's CRDs hold the experimental fields. */
  readonly isExperimental: boolean;
  readonly services: ReadonlyMap<string, Service>;
  /** The Services that subsets become. */
  readonly subsets: SubsetServices;
  readonly portsOf: (service: string, protocol?: Protocol) => readonly number[];
  /** Rules of a table that no request reaches, because an earlier rule takes all of theirs. */
  readonly isDead: (rule: Rule, frontend: Frontend) => boolean;
  /** The other tables on a table's Service or listener: those before it in the model's order, and those after it. */
  readonly beside: (frontend: Frontend) => {
    readonly before: readonly Frontend[];
    readonly after: readonly Frontend[];
  };
  readonly findings: Finding[];
}

const placeOf = ({ listens }: Frontend): string => {
  if (listens.kind === 'service') return listens.service;
  return listens.kind === 'listener' ? `${listens.gateway} ${listens.listener}` : '';
};

const httpProtocols: readonly Protocol[] = ['http', 'http2', 'grpc', 'https', 'detect'];

/** Which ports a table is for: those that say another protocol carry something else. */
const carries = (table: Protocol, port: Protocol): boolean => {
  if (port === 'detect' || table === 'detect') return true;
  if (httpProtocols.includes(table)) return httpProtocols.includes(port);
  return table === 'tls' ? port === 'tls' || port === 'https' : !httpProtocols.includes(port);
};

export const judgingOf = (model: Model, profile: GatewayApiProfile, isExperimental: boolean): Judging => {
  const services = new Map(model.inventory.services.map(service => [service.id, service]));
  const byPlace = groupBy(model.frontends, placeOf);
  const dead = new Map<Frontend, ReadonlySet<Rule>>();
  return {
    model,
    profile,
    isExperimental,
    services,
    subsets: new SubsetServices(services),
    portsOf: (id, protocol) =>
      (services.get(id)?.ports ?? [])
        .filter(port => protocol === undefined || carries(protocol, port.protocol))
        .map(({ port }) => port),
    isDead: (rule, frontend) => {
      const known = dead.get(frontend) ?? shadowedRules(frontend.rules);
      dead.set(frontend, known);
      return known.has(rule);
    },
    beside: frontend => {
      const there = byPlace.get(placeOf(frontend)) ?? [];
      const at = there.indexOf(frontend);
      return { before: there.slice(0, at), after: there.slice(at + 1) };
    },
    findings: [],
  };
};
