import { type Manifest, ownershipLabel } from '../../../../adapter/adapter.ts';
import type { AccessValue } from '../../../../model/capabilities/access.ts';
import type { RateLimit } from '../../../../model/capabilities/rate-limit.ts';
import type { Judging } from '../judging.ts';
import { distinctObjects, emitAuthorizations } from './emit-authorizations.ts';
import { emitServerRoutes } from './emit-server-routes.ts';
import type { PlannedServer } from './gather-servers.ts';
import { objectName, serverNames } from './server-names.ts';
import { type SecurityPlan, wordsFor } from './server-plan.ts';

/** Servers with their routes, authorizations and limits. */
export const emitServers = (plan: SecurityPlan, judging: Judging): readonly Manifest[] => {
  const { realm } = wordsFor(judging);
  const names = serverNames(plan.servers);
  return distinctObjects(
    plan.servers.flatMap(server => {
      const name = names.get(server) ?? '';
      const target = { group: 'policy.linkerd.io', kind: 'Server', name } as const;
      return [
        serverObject(server, name),
        ...emitAuthorizations(server.namespace, target, server.grants, realm),
        ...emitServerRoutes(server, name, realm),
        ...(server.rateLimit ? [limitObject(server.rateLimit, server.namespace, name)] : []),
      ];
    }),
  );
};

const serverObject = (server: PlannedServer, name: string): Manifest => {
  const { namespace, labels, port, accessPolicy, isMachine, isOpaque } = server;
  const matchLabels = Object.fromEntries(Object.entries(labels).sort());
  const selector = Object.keys(labels).length > 0 ? { matchLabels } : {};
  return {
    apiVersion: 'policy.linkerd.io/v1beta3',
    kind: 'Server',
    metadata: { name, namespace, labels: ownershipLabel },
    spec: {
      ...(isMachine ? { externalWorkloadSelector: selector } : { podSelector: selector }),
      port,
      ...(isOpaque ? { proxyProtocol: 'opaque' } : {}),
      accessPolicy,
    },
  };
};

const limitObject = (limit: RateLimit, namespace: string, server: string): Manifest => ({
  apiVersion: 'policy.linkerd.io/v1alpha1',
  kind: 'HTTPLocalRateLimitPolicy',
  metadata: { name: objectName(server, 'limit'), namespace, labels: ownershipLabel },
  spec: {
    targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: server },
    ...(limit.total === undefined ? {} : { total: { requestsPerSecond: limit.total } }),
    ...(limit.perIdentity === undefined ? {} : { identity: { requestsPerSecond: limit.perIdentity } }),
    ...(limit.overrides
      ? {
          overrides: limit.overrides.map(({ requestsPerSecond, callers }) => ({
            requestsPerSecond,
            clientRefs: callers.flatMap(caller => clientRef(caller, namespace)),
          })),
        }
      : {}),
  },
});

const clientRef = (caller: AccessValue, home: string): readonly Readonly<Record<string, string>>[] =>
  caller.kind === 'serviceAccount'
    ? [
        {
          kind: 'ServiceAccount',
          name: caller.name,
          ...(caller.namespace === home ? {} : { namespace: caller.namespace }),
        },
      ]
    : [];
