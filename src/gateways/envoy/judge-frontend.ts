import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { TableJudge } from '../../adapter/judge.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { ClientScope } from '../../model/scope.ts';
import { listenerVerdict } from './judge-gateway.ts';
import type { Judging } from './judging.ts';

/** What becomes of route tables. Rules are tried in order and hosts have lists of tables, so order and rest are kept. */
export const frontendJudge = (judging: Judging): TableJudge => ({
  frontend: frontend => frontendVerdict(frontend, judging),
  noMatch: () => 'applied',
  order: () => 'applied',
});

/** Whether a scope tells clients of the one proxy apart, which does not know who they are. */
export const tellsClientsApart = ({ namespaces, labels }: ClientScope): boolean =>
  namespaces !== undefined || (labels !== undefined && Object.keys(labels).length > 0);

const frontendVerdict = (frontend: Frontend, judging: Judging): Verdict<Frontend> => {
  const { listens, protocol, clients } = frontend;
  if (protocol === 'tcp' || protocol === 'tls' || protocol === 'udp' || protocol === 'https') {
    return refused('frontend-bytes', 'only HTTP is routed: connections of other kinds carry no Host');
  }
  if (tellsClientsApart(clients)) {
    return refused('frontend-clients', 'one proxy serves all clients, and this table is for some of them', {
      workaround: 'start a proxy for these clients alone, from their configuration alone',
    });
  }
  if (listens.kind === 'listener') return behindGateway(listens, judging);
  if (clients.gateway !== undefined) {
    return refused('frontend-clients', 'a table for the clients of a gateway stands behind one of its listeners');
  }
  if (listens.kind === 'hosts') return forHosts(frontend, listens, judging);
  const service = judging.services.get(listens.service);
  if (!service || (service.ports.length === 0 && listens.port === undefined)) {
    return refused('frontend-port', `no port of \`${listens.service}\` is known, and a proxy listens on ports`, {
      workaround: 'add the Service to the input',
    });
  }
  return 'applied';
};

/** To a host that only tables know, nothing but HTTP gets, and with no other Host. */
const forHosts = (
  frontend: Frontend,
  { hosts, servicesOnly }: Extract<Frontend['listens'], { kind: 'hosts' }>,
  { services }: Judging,
): Verdict<Frontend> => {
  if (servicesOnly) {
    return refused('frontend-hosts', 'a host pattern for known services only is not told from other hosts');
  }
  const known = new Set([...services.values()].flatMap(service => service.hosts));
  const unknown = hosts.find(host => !known.has(host));
  return unknown === undefined
    ? 'applied'
    : approximated(frontend, 'frontend-hosts', `what comes to \`${unknown}\` without its Host goes nowhere`);
};

const behindGateway = (
  at: Extract<Frontend['listens'], { kind: 'listener' }>,
  { gateways }: Judging,
): Verdict<Frontend> => {
  const gateway = gateways.get(at.gateway);
  const listener = gateway?.listeners.find(({ name }) => name === at.listener);
  if (!gateway || !listener) return refused('frontend-listener', `listener \`${at.listener}\` is not known`);
  const verdict = listenerVerdict(listener, gateway);
  return verdict !== 'applied' && verdict.result === 'refused'
    ? refused('frontend-listener', `listener \`${at.listener}\` of \`${at.gateway}\` is not written`)
    : 'applied';
};
