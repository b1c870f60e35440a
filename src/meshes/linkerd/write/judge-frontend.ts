import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { TableJudge } from '../../../adapter/judge.ts';
import { isSame } from '../../../base/same.ts';
import type { Frontend, NoMatch, Rule } from '../../../model/frontend.ts';
import { covers } from '../../../native/gateway-api/intersect.ts';
import type { OrderConflict } from '../../../native/gateway-api/order-completion.ts';
import { writeGrpcMatch } from '../../../native/gateway-api/write-match.ts';
import type { Judging } from './judging.ts';
import { areClientsOf, isBytes, routePorts, sameService, tablesBeside, takenPorts } from './route-ports.ts';
import { completedVariant, rankedVariants, variantsOf } from './variants.ts';

/** What becomes of a table as such, of what it does not take, and of the order of its rules. */
export const frontendJudge = (judging: Judging): TableJudge => ({
  frontend: frontend => frontendVerdict(frontend, judging),
  noMatch: noMatchVerdict,
  order: (rules, frontend) => orderVerdict(rules, frontend, judging),
});

const frontendVerdict = (frontend: Frontend, judging: Judging): Verdict<Frontend> => {
  const { listens, clients } = frontend;
  if (listens.kind === 'listener') {
    return refused('gateway', 'Linkerd has no ingress of its own', {
      workaround: 'convert the gateway to Gateway API and mesh its pods',
    });
  }
  if (listens.kind === 'hosts') {
    return refused(
      'frontend-host',
      `\`${listens.hosts.join(', ')}\` is no Service, and proxies find routes by the address of one`,
      {
        workaround: 'attach the rules to each Service that is meant',
      },
    );
  }
  const service = judging.services.get(listens.service);
  if (service?.external || !listens.service.includes('/')) {
    return refused('frontend-host', `\`${listens.service}\` is no Service of the cluster, and a route needs one`);
  }
  if (service?.headless) {
    return refused('frontend-host', `\`${listens.service}\` is headless and has no address to find routes by`, {
      workaround: 'put a Service with a cluster address before the same pods',
    });
  }
  if (clients.labels || clients.gateway) {
    return refused('frontend-clients', 'a route is for everyone or for a namespace, not for chosen workloads');
  }
  return clientsVerdict(frontend, judging) ?? rivalVerdict(frontend, judging) ?? kindVerdict(frontend);
};

/** Routes of a namespace are joined with those for everyone: what the latter say has to be part of them. */
const clientsVerdict = (frontend: Frontend, judging: Judging): Verdict<Frontend> | undefined => {
  const { clients, listens } = frontend;
  if (!clients.namespaces || listens.kind !== 'service') return undefined;
  const home = listens.service.split('/')[0] ?? '';
  if (clients.namespaces.includes(home)) {
    return refused('frontend-clients', `a route in \`${home}\`, where the Service lives, would be for every client`, {
      workaround: 'give the clients a namespace of their own',
    });
  }
  const general = tablesBeside(frontend, judging.model.frontends).find(
    other => other !== frontend && isBytes(other) === isBytes(frontend) && !other.clients.namespaces,
  );
  if (!general || general.rules.every(rule => frontend.rules.some(own => isSameRule(own, rule)))) return undefined;
  return refused(
    'frontend-clients',
    `routes of a namespace are joined with those for everyone (\`${general.id}\`), and these replace them`,
    {
      workaround: 'name a Service of its own for these clients',
    },
  );
};

/** Equal apart from where they come from. */
export const isSameRule = (a: Rule, b: Rule): boolean =>
  isSame(a.match, b.match, placeWords) && isSame(a.action, b.action, placeWords);

const placeWords: ReadonlySet<string> = new Set(['id', 'name', 'source', 'origin']);

/** A port has the routes of one kind, and everybody's table hides what comes after it. */
const rivalVerdict = (frontend: Frontend, judging: Judging): Verdict<Frontend> | undefined => {
  const { frontends } = judging.model;
  const beside = tablesBeside(frontend, frontends);
  const before = beside.slice(0, beside.indexOf(frontend));
  const hiding = before.find(other => isBytes(other) === isBytes(frontend) && hides(other, frontend));
  if (hiding) {
    const effect = hiding.noMatch.kind === 'next' ? 'differs' : 'none';
    return refused('frontend-hidden', `\`${hiding.id}\` takes all of its requests before it`, { effect });
  }
  const kinds = ['grpc', 'http', 'tls', 'tcp'];
  const rank = ({ protocol }: Frontend): number => (kinds.includes(protocol) ? kinds.indexOf(protocol) : 1);
  const ports = routePorts(frontend, frontend.rules, frontends, judging);
  const stronger = beside.find(
    other => rank(other) < rank(frontend) && meet(routePorts(other, other.rules, frontends, judging), ports),
  );
  if (ports.length > 0 && !stronger) return undefined;
  if (!stronger && takenPorts(frontend, frontends).size > 0) {
    return refused('frontend-hidden', 'other tables take all of its requests before it', { effect: 'none' });
  }
  const why = stronger ? `those of \`${stronger.id}\` are more specific` : 'which port carries them is not known';
  return refused('frontend-kinds', `one port has routes of one kind, and ${why}`, {
    workaround: 'declare the protocol of each port of the Service',
  });
};

/** Only matches on services and methods make a GRPCRoute; anything else is an HTTPRoute, which carries gRPC as well. */
const kindVerdict = (frontend: Frontend): Verdict<Frontend> => {
  if (frontend.protocol !== 'grpc') return 'applied';
  const isGrpc = frontend.rules.every(
    ({ match, action }) => !match.method && writeGrpcMatch(match) !== undefined && action.target.kind === 'forward',
  );
  if (isGrpc) return 'applied';
  return approximated(
    { ...frontend, protocol: 'http' },
    'grpc-match',
    'the rules are written as those of an HTTPRoute',
    {
      effect: 'none',
    },
  );
};

const meet = (a: readonly (number | undefined)[], b: readonly (number | undefined)[]): boolean =>
  a.some(port => port === undefined || b.includes(port) || b.includes(undefined));

const hides = (first: Frontend, second: Frontend): boolean =>
  sameService(first, second) &&
  first.listens.kind === 'service' &&
  second.listens.kind === 'service' &&
  (first.listens.port === undefined || first.listens.port === second.listens.port) &&
  areClientsOf(first, second);

/** A service with routes answers 404 for the rest; to pass it on takes a rule that says so, which is written. */
const noMatchVerdict = (noMatch: NoMatch, frontend: Frontend): Verdict<NoMatch> => {
  if (noMatch.kind === 'passToService' || isBytes(frontend)) return 'applied';
  if (noMatch.kind === 'next') {
    return approximated(
      { kind: 'passToService' },
      'no-match',
      'what no rule takes goes to the service that was dialled',
    );
  }
  if (noMatch.status === 404) return 'applied';
  return approximated({ kind: 'respond', status: 404 }, 'no-match', 'requests that no rule takes get a 404', {
    effect: frontend.rules.some(({ match }) => covers(match, {})) ? 'none' : 'differs',
  });
};

const orderVerdict = (rules: readonly Rule[], frontend: Frontend, judging: Judging): Verdict<readonly Rule[]> => {
  const table = { ...frontend, rules };
  const variants = variantsOf(table, rules, routePorts(table, rules, judging.model.frontends, judging));
  const conflicts = variants.flatMap(variant => completedVariant(variant, table).conflicts);
  const [conflict] = conflicts.filter(isVisible);
  if (!conflict) return 'applied';
  const message = `the most specific match wins: \`${conflict.later.id}\` comes before \`${conflict.earlier.id}\` where both match`;
  return approximated(rankedVariants(table, variants), 'first-match-order', message, {
    workaround: 'make the two matches disjoint',
  });
};

/** Which of two rules takes a request does not show where both do the same with it. */
const isVisible = ({ earlier, later, kind }: OrderConflict): boolean =>
  kind === 'reversed' && earlier.action !== later.action;
