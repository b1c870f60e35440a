import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { RuleContext } from '../../../adapter/judge.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Service } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { layerOf } from './host-tables.ts';

/**
 * The server names of a TLS rule have to be among the hosts of its object. Where one of them is a service that the rule is
 * not for, its connections would be taken as well (pilot, Istio 1.31: `tls.go`, which asks for all objects with the host).
 */
export const serverNamesVerdict = (
  names: readonly string[],
  at: RuleContext,
  model: Model,
): Verdict<readonly string[]> => {
  const free = names.filter(name => !takesAnother(name, at, model));
  if (free.length === names.length) return 'applied';
  const code = 'tls-server-name';
  const message = 'a server name by which another service is known cannot be asked for without taking its connections';
  const workaround = 'name the servers one by one';
  return free.length > 0 ? approximated(free, code, message, { workaround }) : refused(code, message, { workaround });
};

const takesAnother = (name: string, { frontend, rule }: RuleContext, { frontends, inventory }: Model): boolean => {
  const port = rule.match.port ?? ('port' in frontend.listens ? frontend.listens.port : undefined);
  return inventory.services.some(
    service =>
      service.hosts.some(host => hostMatches(name, host)) &&
      mayHave(service, port) &&
      !frontends.some(other => isFor(other, frontend, service)),
  );
};

const mayHave = ({ ports }: Service, port: number | undefined): boolean =>
  port === undefined || ports.length === 0 || ports.some(own => own.port === port);

/** Whether a table is the given one, or what its object says of a further host, and is for a service. */
const isFor = (other: Frontend, frontend: Frontend, { id, hosts }: Service): boolean => {
  const { listens, source } = other;
  const isSame = other.id === frontend.id || (source !== undefined && source.object === frontend.source?.object);
  if (!isSame || layerOf(other) !== 'tls') return false;
  if (listens.kind === 'service') return listens.service === id;
  return listens.hosts.some(pattern => hosts.some(host => hostMatches(pattern, host)));
};
