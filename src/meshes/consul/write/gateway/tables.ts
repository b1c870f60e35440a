import { approximated, refused, type Verdict } from '../../../../adapter/disposition.ts';
import { hostsVerdict } from '../../../../adapter/hidden-hosts.ts';
import { isSame } from '../../../../base/same.ts';
import type { Frontend, NoMatch, Rule } from '../../../../model/frontend.ts';
import type { Gateway, Listener } from '../../../../model/inventory.ts';
import { hostMatches } from '../../../../model/match.ts';
import { intersect } from '../../../../native/gateway-api/intersect.ts';
import { completeOrder, type OrderConflict, rankedOrder } from '../../../../native/gateway-api/order-completion.ts';
import { preferred, type Ranking } from '../../../../native/gateway-api/ranking.ts';
import { isHttp } from '../../entries/defaults.ts';
import type { Judging } from '../judging.ts';
import { listenerVerdict, neighbours, takes } from './listeners.ts';
import { variantsOf } from './variants.ts';

/** The longest path comes first, as text (observed, rows 0.14, 8.2 and 8.3). */
export const gatewayRanking: Ranking = { kind: 'textLength' };

type AtListener = Extract<Frontend['listens'], { kind: 'listener' }>;

const isBytes = ({ protocol }: Frontend): boolean => protocol === 'tcp' || protocol === 'tls' || protocol === 'udp';

const isWildcard = (host: string): boolean => host.startsWith('*');

/** A table behind a listener. */
export const gatewayTableVerdict = (frontend: Frontend, listens: AtListener, judging: Judging): Verdict<Frontend> => {
  const gateway = judging.model.inventory.gateways.find(({ id }) => id === listens.gateway);
  const listener = gateway?.listeners.find(({ name }) => name === listens.listener);
  if (!gateway || !listener) return refused('frontend-gateway', `gateway \`${listens.gateway}\` is not in the input`);
  const listening = listenerVerdict(listener, gateway, judging);
  if (listening !== 'applied' && listening.result === 'refused') return listening;
  if (isBytes(frontend)) return bytesVerdict(frontend, listener, judging);
  const said = listens.hosts.length > 0 ? listens.hosts : listener.hosts.length > 0 ? listener.hosts : ['*'];
  const own = { ...frontend, listens: { ...listens, hosts: said } };
  const hidden = hostsVerdict(own, tablesBefore(frontend, listens, judging));
  if (hidden !== 'applied' && hidden.result === 'refused') return hidden;
  const left = hidden === 'applied' ? own : hidden.value;
  return hostsLeft(left, hidden === 'applied' ? said : hostsOf(left), listens, { gateway, listener }, judging);
};

const hostsOf = ({ listens }: Frontend): readonly string[] => (listens.kind === 'listener' ? listens.hosts : []);

const tablesBefore = (frontend: Frontend, at: AtListener, { model: { frontends } }: Judging): readonly Frontend[] =>
  frontends
    .slice(0, frontends.indexOf(frontend))
    .filter(
      ({ listens }) =>
        listens.kind === 'listener' && listens.gateway === at.gateway && listens.listener === at.listener,
    );

/** The hosts that come to this listener, and of those the ones that a route or its listener has words for. */
const hostsLeft = (
  frontend: Frontend,
  hosts: readonly string[],
  written: AtListener,
  { gateway, listener }: { readonly gateway: Gateway; readonly listener: Listener },
  judging: Judging,
): Verdict<Frontend> => {
  const others = neighbours(listener, gateway);
  const here = hosts.filter(host => takes(listener, host.replace(/^\*\.?/, 'x.'), gateway));
  // Only a listener takes a wildcard, and one for several hosts is one for every host.
  const [only, ...more] = listener.hosts;
  const isSaid = (host: string): boolean =>
    !isWildcard(host) || (host === only && more.length === 0 && others.length === 0);
  const said = here.filter(host => host === '*' || isSaid(host));
  const value: Frontend = {
    ...frontend,
    listens: { ...written, hosts: said.includes('*') ? [] : said },
  };
  if (said.length === 0) {
    return here.length === 0
      ? refused('frontend-hidden', 'another listener of the port takes these hosts', { effect: 'none' })
      : refused('frontend-host', `routes name whole hosts, and \`${here.join(', ')}\` is a pattern`, {
          workaround: 'give the pattern a listener with a port of its own, or name each host',
        });
  }
  const lost = here.filter(host => !said.includes(host));
  if (lost.length > 0) {
    return approximated(value, 'frontend-host', `routes name whole hosts, and \`${lost.join(', ')}\` is a pattern`);
  }
  const open = others.filter(other => other.hosts.some(host => !isServed(host, gateway, listener.port, judging)));
  if (said.includes('*') && open.length > 0) {
    const message = 'hosts of other listeners on the port that no route is for come here too';
    // They were sent to https, and now are answered in the clear.
    const severity = open.some(({ httpsRedirect }) => httpsRedirect) ? 'security' : 'behaviour';
    return approximated(value, 'frontend-host', message, { severity });
  }
  const isSame = written.hosts.length === hosts.length || (written.hosts.length === 0 && hosts[0] === '*');
  if (isSame && here.length === hosts.length) return 'applied';
  return approximated(value, 'frontend-host', 'only the hosts that come to this listener are named', {
    effect: 'none',
  });
};

/** Whether some table of the port names a host. */
const isServed = (host: string, gateway: Gateway, port: number, { model }: Judging): boolean =>
  model.frontends.some(({ listens }) => {
    if (listens.kind !== 'listener' || listens.gateway !== gateway.id) return false;
    const listener = gateway.listeners.find(({ name }) => name === listens.listener);
    const own = listens.hosts.length > 0 ? listens.hosts : (listener?.hosts ?? []);
    return listener?.port === port && own.includes(host);
  });

/** A route for bytes leads to one service, and looks at nothing. */
const bytesVerdict = (frontend: Frontend, listener: Listener, judging: Judging): Verdict<Frontend> => {
  const [rule, ...more] = frontend.rules;
  // Connections are refused, with a listener or without.
  if (!rule && listener.protocol === 'tcp') return 'applied';
  const target = rule?.action.target;
  const backends = target?.kind === 'forward' ? target.backends : [];
  const [only] = backends;
  const { source: _, port, ...conditions } = rule?.match ?? {};
  const asks = Object.keys(conditions).length > 0 || (port !== undefined && port !== listener.port);
  const isPlain = more.length === 0 && !asks && backends.length === 1 && only?.backend.kind === 'service';
  if (!isPlain || only.backend.kind !== 'service' || only.backend.subset || listener.protocol !== 'tcp') {
    return refused('tcp-route', 'a route for bytes leads all connections of a listener to one service');
  }
  return isHttp(judging.protocolOf(only.backend.service))
    ? refused('tcp-route', `\`${only.backend.service}\` carries HTTP, and the listener bytes`)
    : 'applied';
};

/** What no rule takes is a 404; less specific hosts are not asked (observed, row 8.1). */
export const gatewayNoMatch = (noMatch: NoMatch, frontend: Frontend, judging: Judging): Verdict<NoMatch> => {
  if (isBytes(frontend) || (noMatch.kind === 'respond' && noMatch.status === 404)) return 'applied';
  if (noMatch.kind === 'next' && !hasWiderHosts(frontend, judging)) return 'applied';
  return approximated(
    { kind: 'respond', status: 404 },
    'no-match',
    'a request that no rule takes is answered with 404',
  );
};

const hasWiderHosts = (frontend: Frontend, { model }: Judging): boolean => {
  const { listens } = frontend;
  if (listens.kind !== 'listener' || listens.hosts.length === 0) return false;
  return model.frontends.some(
    ({ listens: other }) =>
      other.kind === 'listener' &&
      other.gateway === listens.gateway &&
      (other.hosts.length === 0 ||
        other.hosts.some(wide => listens.hosts.some(host => wide !== host && hostMatches(wide, host)))),
  );
};

/** The longest path comes first, so the written order is kept by adding matches; what that cannot keep is told. */
export const gatewayOrder = (rules: readonly Rule[], frontend: Frontend): Verdict<readonly Rule[]> => {
  if (isBytes(frontend)) return 'applied';
  const completed = completeOrder(rules.flatMap(variantsOf), gatewayRanking);
  if (completed.conflicts.length === 0) return orderOfRoutes(rules, completed.rules);
  const message = `the longer path comes first, whatever its place: ${completed.conflicts.slice(0, 3).map(conflictText).join('; ')}`;
  return approximated(rankedOrder(completed, gatewayRanking), 'first-match-order', message, {
    workaround: 'make the matches disjoint',
  });
};

/** A route has so many rules (CRD of HTTPRoute), and which of several routes is looked at first is left to chance. */
const mostRules = 16;

/** Whether rules that need one order all fit into one route. */
const orderOfRoutes = (rules: readonly Rule[], written: readonly Rule[]): Verdict<readonly Rule[]> => {
  if (written.length <= mostRules) return 'applied';
  const tie = written.find((rule, index) => written.slice(index + 1).some(later => areTied(rule, later)));
  if (!tie) return 'applied';
  const message = `there are more rules than one route has, and of routes that are equal in rank any may come first: \`${tie.id}\``;
  return approximated(rules, 'first-match-order', message, { workaround: 'make the matches disjoint' });
};

const areTied = (a: Rule, b: Rule): boolean =>
  !isSame(a.action, b.action, placeWords) &&
  !preferred(a.match, b.match, gatewayRanking) &&
  !preferred(b.match, a.match, gatewayRanking) &&
  intersect(a.match, b.match) !== 'disjoint';

const placeWords: ReadonlySet<string> = new Set(['id', 'source', 'origin']);

const conflictText = ({ earlier, later }: OrderConflict): string =>
  `\`${later.id}\` now comes before \`${earlier.id}\` for requests that both take`;
