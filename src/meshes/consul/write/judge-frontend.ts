import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { TableJudge } from '../../../adapter/judge.ts';
import type { Action, Frontend, NoMatch } from '../../../model/frontend.ts';
import { covers } from '../../../native/gateway-api/intersect.ts';
import { isHttp } from '../entries/defaults.ts';
import { gatewayNoMatch, gatewayOrder, gatewayTableVerdict } from './gateway/tables.ts';
import type { Judging } from './judging.ts';

/** What becomes of a table as such, of what it does not take, and of the order of its rules. */
export const frontendJudge = (judging: Judging): TableJudge => ({
  frontend: frontend => frontendVerdict(frontend, judging),
  noMatch: (noMatch, frontend) =>
    isAtGateway(frontend) ? gatewayNoMatch(noMatch, frontend, judging) : noMatchVerdict(noMatch, frontend),
  // At services, routes are tried in the order written (observed, row 1.14).
  order: (rules, frontend) => (isAtGateway(frontend) ? gatewayOrder(rules, frontend) : 'applied'),
});

const isAtGateway = ({ listens }: Frontend): boolean => listens.kind === 'listener';

const isBytes = ({ protocol }: Frontend): boolean => protocol === 'tcp' || protocol === 'tls' || protocol === 'https';

const frontendVerdict = (frontend: Frontend, judging: Judging): Verdict<Frontend> => {
  const { listens, clients } = frontend;
  if (listens.kind === 'listener') return gatewayTableVerdict(frontend, listens, judging);
  if (listens.kind === 'hosts') {
    return refused('frontend-host', `\`${listens.hosts.join(', ')}\` is no service of Consul`, {
      workaround: 'attach the rules to each Service that is meant',
    });
  }
  const service = judging.services.get(listens.service);
  if (service?.external || !listens.service.includes('/')) {
    return refused('frontend-host', `\`${listens.service}\` is no Service of the cluster`);
  }
  if (clients.labels || clients.namespaces || clients.gateway !== undefined) {
    return refused('frontend-clients', 'a router is for all callers of a service', {
      workaround: 'give these callers a service of its own to call',
    });
  }
  if (isBytes(frontend)) return bytesVerdict(frontend);
  return nameVerdict(frontend, judging) ?? rivalVerdict(frontend, judging) ?? portVerdict(frontend, judging);
};

/** Bytes go to the service that was dialled; nothing else can be said of them. */
const bytesVerdict = (frontend: Frontend): Verdict<Frontend> => {
  const isPlain =
    frontend.noMatch.kind === 'passToService' && frontend.rules.every(({ action }) => isPassing(action, frontend));
  return refused('tcp-route', 'routes and splits are for HTTP; bytes go to the service that was dialled', {
    effect: isPlain ? 'none' : 'differs',
  });
};

/** Everything goes on to where it was sent. */
export const isPassing = ({ target }: Action, { listens }: Frontend): boolean => {
  const [only, ...more] = target.kind === 'forward' ? target.backends : [];
  if (only?.backend.kind !== 'service' || more.length > 0 || listens.kind !== 'service') return false;
  const { service, subset, port } = only.backend;
  return service === listens.service && !subset && (port === undefined || port === listens.port);
};

/** Names are shared by all namespaces: entries for one of two Services would be for both. */
const nameVerdict = (frontend: Frontend, { names }: Judging): Verdict<Frontend> | undefined => {
  if (frontend.listens.kind !== 'service') return undefined;
  const name = names.nameOf({ id: frontend.listens.service });
  const others = names
    .named(name)
    .filter(({ id }) => frontend.listens.kind === 'service' && id !== frontend.listens.service);
  if (others.length === 0) return undefined;
  return refused(
    'frontend-name',
    `\`${name}\` would also be \`${others.map(({ id }) => id).join('`, `')}\` to Consul`,
    {
      workaround: 'give one of the Services another name',
    },
  );
};

/** A service has one router. */
const rivalVerdict = (frontend: Frontend, { model }: Judging): Verdict<Frontend> | undefined => {
  const before = model.frontends.slice(0, model.frontends.indexOf(frontend));
  const hiding = before.find(
    other =>
      other.listens.kind === 'service' &&
      frontend.listens.kind === 'service' &&
      other.listens.service === frontend.listens.service &&
      !isBytes(other),
  );
  if (!hiding) return undefined;
  const { clients, listens } = hiding;
  const isForAll = !clients.labels && !clients.namespaces && clients.gateway === undefined;
  const takesAll =
    isForAll && listens.kind === 'service' && listens.port === undefined && hiding.noMatch.kind !== 'next';
  return refused('frontend-hidden', `\`${hiding.id}\` comes before it, and a service has one router`, {
    effect: takesAll ? 'none' : 'differs',
  });
};

const portVerdict = (frontend: Frontend, judging: Judging): Verdict<Frontend> => {
  const { listens } = frontend;
  if (listens.kind !== 'service') return 'applied';
  const protocol = judging.protocolOf(listens.service);
  if (!isHttp(protocol)) {
    return refused(
      'frontend-protocol',
      `some ports of \`${listens.service}\` carry bytes, and a service has one protocol`,
      {
        workaround: 'give the ports for HTTP a Service of their own',
      },
    );
  }
  const { port, ...anyPort } = listens;
  const ports = judging.services.get(listens.service)?.ports ?? [];
  const value: Frontend = { ...frontend, listens: anyPort, protocol };
  if (port !== undefined && (ports.length !== 1 || ports[0]?.port !== port)) {
    return approximated(value, 'frontend-port', 'a router takes the requests for every port of a service');
  }
  if (port === undefined && frontend.protocol === protocol) return 'applied';
  const effect = 'none';
  return approximated(value, 'frontend-port', 'a router is for a service with all its ports, and one protocol', {
    effect,
  });
};

/** What no route takes goes on to the service (observed, row 1.15). */
const noMatchVerdict = (noMatch: NoMatch, frontend: Frontend): Verdict<NoMatch> => {
  const isMet = noMatch.kind === 'passToService' || frontend.rules.some(({ match }) => covers(match, {}));
  if (isMet) return 'applied';
  return approximated(
    { kind: 'passToService' },
    'no-match',
    'what no rule takes goes on to the service that was dialled',
  );
};
