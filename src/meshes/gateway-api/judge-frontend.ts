import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import { hostsVerdict } from '../../adapter/hidden-hosts.ts';
import type { TableJudge } from '../../adapter/judge.ts';
import { findingOf } from '../../base/finding.ts';
import type { Frontend, NoMatch, Rule } from '../../model/frontend.ts';
import { hostMatches } from '../../model/match.ts';
import { type OrderConflict, rankedOrder } from '../../native/gateway-api/order-completion.ts';
import { orderFor, passRuleId, rankingFor } from '../../native/gateway-api/write-routes.ts';
import { familyOf, hasOpenPort, needsPorts } from '../../native/gateway-api/write-service-routes.ts';
import { adapterFindings } from './findings.ts';
import { listenerVerdict } from './judge-gateway.ts';
import type { Judging } from './judging.ts';

/** What becomes of a table as such, of what it does not take, and of the order of its rules. */
export const frontendJudge = (judging: Judging): TableJudge => ({
  frontend: frontend => frontendVerdict(frontend, judging),
  noMatch: (noMatch, frontend) => noMatchVerdict(noMatch, frontend, judging),
  order: (rules, frontend) => orderVerdict(rules, frontend, judging),
});

const frontendVerdict = (frontend: Frontend, judging: Judging): Verdict<Frontend> => {
  const { listens, clients } = frontend;
  if (listens.kind === 'listener') return behindListener(frontend, judging);
  if (listens.kind === 'hosts') {
    return refused('frontend-host', `\`${listens.hosts.join(', ')}\` is no Service, and a route in a mesh needs one`, {
      workaround: 'attach the rules to each Service that is meant',
    });
  }
  const service = judging.services.get(listens.service);
  if (service?.external || !listens.service.includes('/')) {
    return refused(
      'frontend-host',
      `\`${listens.service}\` is no Service of the cluster, and a route in a mesh needs one`,
    );
  }
  if (clients.labels || clients.gateway) {
    return refused('frontend-clients', 'a route in a mesh is for everyone or for namespaces, not for chosen workloads');
  }
  const home = listens.service.split('/')[0] ?? '';
  if (clients.namespaces?.includes(home)) {
    return refused('frontend-clients', `a route in \`${home}\`, where the Service lives, would be for every client`, {
      workaround: 'give the clients a namespace of their own',
    });
  }
  const { before, after } = judging.beside(frontend);
  const tables = [...before, frontend, ...after];
  if (listens.port === undefined && needsPorts(frontend, tables) && judging.portsOf(listens.service).length === 0) {
    return refused('frontend-ports', `a backend needs a port, and those of \`${listens.service}\` are not known`, {
      workaround: 'add the Service to the input, or write the port of the destination',
    });
  }
  return rivalVerdict(frontend, judging);
};

/** A port has the routes of one kind, the most specific; and everybody's table hides what comes after it. */
const rivalVerdict = (frontend: Frontend, judging: Judging): Verdict<Frontend> => {
  const { before, after } = judging.beside(frontend);
  const portsOf = ({ listens, protocol }: Frontend): readonly number[] => {
    if (listens.kind !== 'service') return [];
    return listens.port === undefined ? judging.portsOf(listens.service, protocol) : [listens.port];
  };
  const rivals = before.filter(other => familyOf(other) === familyOf(frontend) && other.noMatch.kind !== 'next');
  const ports: readonly (number | undefined)[] = portsOf(frontend).length > 0 ? portsOf(frontend) : [undefined];
  const [hidden] = rivals;
  if (hidden && ports.every(port => rivals.some(other => hides(other, frontend, port)))) {
    return refused('frontend-hidden', `\`${hidden.id}\` takes all of its requests before it`, { effect: 'none' });
  }
  const rank = ['web', 'tls', 'tcp'];
  const stronger = [...before, ...after].find(
    other =>
      rank.indexOf(familyOf(other)) < rank.indexOf(familyOf(frontend)) &&
      (portsOf(frontend).length === 0 || portsOf(other).some(port => portsOf(frontend).includes(port))),
  );
  if (!stronger) return 'applied';
  return refused(
    'frontend-kinds',
    `one port has routes of one kind, and those of \`${stronger.id}\` are more specific`,
    { workaround: 'declare the protocol of each port of the Service' },
  );
};

const hides = (first: Frontend, second: Frontend, port: number | undefined): boolean =>
  first.listens.kind === 'service' &&
  (first.listens.port === undefined || first.listens.port === port) &&
  (first.clients.namespaces === undefined ||
    (second.clients.namespaces?.every(namespace => first.clients.namespaces?.includes(namespace)) ?? false));

const behindListener = (frontend: Frontend, judging: Judging): Verdict<Frontend> => {
  const { listens } = frontend;
  if (listens.kind !== 'listener') return 'applied';
  const gateway = judging.model.inventory.gateways.find(({ id }) => id === listens.gateway);
  const listener = gateway?.listeners.find(({ name }) => name === listens.listener);
  if (!gateway || !listener) return refused('frontend-gateway', `gateway \`${listens.gateway}\` is not in the input`);
  if (gateway.purpose !== 'ingress') {
    return refused('frontend-gateway', `\`${gateway.id}\` is no ingress gateway, and only those are written`);
  }
  const listening = listenerVerdict(listener, gateway, judging);
  if (listening !== 'applied' && listening.result === 'refused') return listening;
  if (listener.httpsRedirect) {
    return refused('frontend-hidden', 'the listener sends every request to https', { effect: 'none' });
  }
  if (listener.anyPort && hasOpenPort(frontend)) {
    return refused(
      'frontend-ports',
      `a backend needs a port, and the one that \`${gateway.id}\` listens on is not known`,
      {
        workaround: 'add the gateway and its Services to the input, or write the port of each destination',
      },
    );
  }
  return hostsVerdict(frontend, judging.beside(frontend).before);
};

const isBytes = ({ protocol }: Frontend): boolean => protocol === 'tls' || protocol === 'tcp';

/** Whether a rule is there for every client, and on every port of its table. */
const isForAll = ({ match: { caller, port } }: Rule, { listens }: Frontend): boolean =>
  !caller && (port === undefined || (listens.kind === 'service' && listens.port === port));

const noMatchVerdict = (noMatch: NoMatch, frontend: Frontend, judging: Judging): Verdict<NoMatch> => {
  const { noMatchStatus: status, hostFallThrough } = judging.profile;
  const notFound: NoMatch = { kind: 'respond', status };
  if (frontend.listens.kind === 'listener') {
    const wider = hasWiderHosts(frontend, judging);
    const does: NoMatch = wider && hostFallThrough ? { kind: 'next' } : notFound;
    if (noMatch.kind === does.kind && (noMatch.kind !== 'respond' || noMatch.status === status)) return 'applied';
    if (noMatch.kind === 'next' && !wider) return 'applied';
    const message = wider
      ? 'a request that no rule of these hosts takes is tried with the rules of wider host names'
      : `a request that no rule takes is answered with ${status}`;
    return approximated(does, 'no-match', message);
  }
  if (noMatch.kind === 'passToService') return 'applied';
  if (isBytes(frontend) && !frontend.rules.some(rule => isForAll(rule, frontend))) {
    // A TLSRoute or TCPRoute has at least one rule: without any there is no route, and connections go on by themselves.
    const message = 'where no rule is left to write, connections go to the service';
    return approximated({ kind: 'passToService' }, 'no-match', message);
  }
  if (noMatch.kind === 'respond' && noMatch.status === status) return 'applied';
  if (noMatch.kind === 'next') {
    const message = 'what no rule takes goes to the service, and not to the next table';
    return approximated({ kind: 'passToService' }, 'no-match', message);
  }
  return approximated(notFound, 'no-match', `a request that no rule takes is answered with ${status}`);
};

/** What becomes of the rest in the target, which is what the rules stand before there. */
const writtenNoMatch = (frontend: Frontend, judging: Judging): NoMatch => {
  const verdict = noMatchVerdict(frontend.noMatch, frontend, judging);
  return verdict !== 'applied' && verdict.result === 'approximated' ? verdict.value : frontend.noMatch;
};

const hasWiderHosts = (frontend: Frontend, judging: Judging): boolean => {
  const { listens } = frontend;
  if (listens.kind !== 'listener' || listens.hosts.length === 0) return false;
  const { before, after } = judging.beside(frontend);
  return [...before, ...after].some(
    ({ listens: other }) =>
      other.kind === 'listener' &&
      (other.hosts.length === 0 ||
        other.hosts.some(wide => listens.hosts.some(host => wide !== host && hostMatches(wide, host)))),
  );
};

/** The most specific match wins, so the written order is kept by adding matches; what that cannot keep is told. */
const orderVerdict = (rules: readonly Rule[], frontend: Frontend, judging: Judging): Verdict<readonly Rule[]> => {
  const table = { ...frontend, rules, noMatch: writtenNoMatch(frontend, judging) };
  const completed = orderFor(rules, table, judging.profile);
  for (const { earlier, later, kind } of completed.conflicts) {
    if (kind === 'reversed') continue;
    const at = earlier.match.source ?? earlier.action.source ?? frontend.source;
    const message = `\`${earlier.id}\` stands before \`${later.id}\`, and implementations may order them otherwise`;
    judging.findings.push(findingOf(adapterFindings, 'GWAPI202', at, message));
  }
  const reversed = completed.conflicts.filter(({ kind }) => kind === 'reversed');
  if (reversed.length > 0) {
    const value = rankedOrder(completed, rankingFor(table, judging.profile));
    const message = `the more specific match wins, whatever its place: ${reversed.slice(0, 3).map(conflictText).join('; ')}`;
    return approximated(value, 'first-match-order', message, {
      workaround: 'make the matches disjoint, or give the service a name of its own for one of them',
    });
  }
  const { shadowed } = completed;
  if (shadowed.length === 0) return 'applied';
  const names = shadowed.map(({ id }) => `\`${id}\``).join(', ');
  const live = rules.filter(rule => !shadowed.includes(rule));
  return approximated(live, 'first-match-order', `left out, because no request gets that far: ${names}`, {
    effect: 'none',
  });
};

const conflictText = ({ earlier, later }: OrderConflict): string =>
  `\`${later.id === passRuleId ? 'the rest to the service' : later.id}\` now comes before \`${earlier.id}\` for requests that both take`;
