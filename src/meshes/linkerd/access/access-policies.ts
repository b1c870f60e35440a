import type { Source } from '../../../base/source.ts';
import { written } from '../../../base/source.ts';
import type { AccessPolicy, AccessRule } from '../../../model/capabilities/access.ts';
import type { PeerEncryption } from '../../../model/capabilities/encryption.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { mayShare } from '../../../native/kubernetes/label-selector.ts';
import type { DefaultPolicy } from '../default-policy.ts';
import { type Reading, report } from '../reading.ts';
import type { Authorization } from './authorizations.ts';
import type { DefaultLevel } from './default-levels.ts';
import { allowRule, defaultGrants, denyRule, type Grant, isAuthenticated } from './grant.ts';
import type { RouteEntry } from './server-routes.ts';
import { readsHttp, type Server } from './servers.ts';

/** What access control says: encryption and access, each for its scopes. */
export interface Security {
  readonly encryption: readonly PeerEncryption[];
  readonly access: readonly AccessPolicy[];
}

const openEverything: Grant = { id: 'everyone', conditions: [] };

/**
 * All Servers and default policies as decisions. For one port of one pod exactly one of them counts: the oldest Server
 * that selects it, else the default policy of the workload, the namespace or the mesh. Decisions in the model add up
 * instead; so a Server that others might open stands in a lower tier and ends with a rule that refuses the rest.
 */
export const securityOf = (
  reading: Reading,
  servers: readonly Server[],
  authorizations: readonly Authorization[],
  routes: (server: Server) => readonly RouteEntry[],
  levels: readonly DefaultLevel[],
): Security => {
  const isOpen = openingIn(reading);
  const isGuarded = levels.some(({ policy }) => !isOpen(policy));
  const parts = servers.map((server, index) => {
    const rivals = servers.filter((other, at) => at !== index && areRivals(server, other));
    const older = rivals.filter(other => servers.indexOf(other) < index);
    reportRivals(reading, server, older);
    return serverSecurity(reading, server, grantsOf(server, authorizations), routes(server), {
      tier: older.length,
      closes: rivals.length > older.length || levels.some(level => opensUnder(level, levels, isOpen)),
      speaks: isGuarded || rivals.length > 0,
    });
  });
  const defaults = levels.map((level, index) =>
    levelSecurity(reading, level, levels.slice(index + 1), servers.length + index),
  );
  const all = [...parts, ...defaults];
  return { encryption: all.flatMap(part => part.encryption), access: all.flatMap(part => part.access) };
};

/** Whether a default policy needs no rule, because whoever is to be kept out fails at the handshake. */
type Opening = (policy: DefaultPolicy) => boolean;

/** A machine proves an identity that no "any identity" takes, so that where one is known a rule has to say who may come in. */
const openingIn = ({ inventory }: Reading): Opening => {
  const knowsMachines = inventory.workloads.some(({ identity }) => identity?.kind === 'spiffe');
  return ({ allows, authenticated }) => allows === 'everyone' && !(authenticated && knowsMachines);
};

/** Where a decision stands among others that may cover the same server. */
interface Place {
  readonly tier: number;
  /** Others may let in what this one does not; so it has to refuse by itself. */
  readonly closes: boolean;
  /** Saying nothing is not enough to let everyone in. */
  readonly speaks: boolean;
}

/** Whether two Servers may select one port of one pod or machine. */
const areRivals = (a: Server, b: Server): boolean =>
  a.namespace === b.namespace &&
  a.only === b.only &&
  mayShare(a.selector, b.selector) &&
  a.scopes.some(one => b.scopes.some(other => one.ports?.some(port => other.ports?.includes(port))));

const reportRivals = (reading: Reading, server: Server, older: readonly Server[]): void => {
  for (const other of older) {
    const port = server.spec.at('port') ?? server.spec;
    report(
      reading,
      'LINKERD201',
      port,
      `Server \`${other.name}\` is taken to be the older; where both select, it acts`,
    );
  }
};

const grantsOf = (server: Server, authorizations: readonly Authorization[]): readonly Grant[] =>
  authorizations
    .filter(({ namespace, target }) => {
      if (namespace !== server.namespace || target.kind === 'route') return false;
      return target.kind === 'namespace' || target.takes(server.name, server.labels);
    })
    .map(({ grant }) => grant);

const isEveryone = ({ conditions }: Grant): boolean => conditions.length === 0;

const serverSecurity = (
  reading: Reading,
  server: Server,
  authorized: readonly Grant[],
  entries: readonly RouteEntry[],
  place: Place,
): Security => {
  const { accessPolicy, spec } = server;
  const source = spec.at('accessPolicy') ?? spec;
  const grants = [...defaultGrants(accessPolicy, reading.plane.clusterNetworks, source), ...authorized];
  const routed = readsHttp(server.protocol) ? entries : [];
  const id = `${server.namespace}/${server.name}`;
  const isStrict = isAllAuthenticated(accessPolicy) && grants.every(isAuthenticated) && routed.length === 0;
  const isOpen = routed.length === 0 && ((isStrict && openingIn(reading)(accessPolicy)) || grants.some(isEveryone));
  const encryption = server.scopes.map(
    (scope, index): PeerEncryption => ({
      id: numbered(`Server ${id}`, index),
      scope,
      mode: written(isStrict ? 'strict' : 'permissive', source),
      source,
    }),
  );
  const audited = accessPolicy.audited ? [auditRule(source)] : [];
  if (isOpen && !place.speaks && audited.length === 0) return { encryption, access: [] };
  const rules = isOpen
    ? [...audited, allowRule(openEverything, 'everyone')]
    : [...routedRules(routed, grants, source), ...grants.map(grant => allowRule(grant, grant.id, undefined))];
  return {
    encryption,
    access: server.scopes.map((scope, index) =>
      policyOf(numbered(`Server ${id}`, index), scope, routed.length > 0 ? onlyBare(rules, routed) : rules, {
        ...place,
        isOpen,
        source: spec,
      }),
    ),
  };
};

const numbered = (id: string, index: number): string => (index === 0 ? id : `${id} (${index + 1})`);

const isAllAuthenticated = ({ allows, authenticated }: DefaultPolicy): boolean =>
  allows === 'everyone' && authenticated;

const auditRule = (source: Source | undefined): AccessRule => ({
  id: 'audit',
  effect: 'audit',
  clauses: [{ conditions: [] }],
  ...(source ? { source } : {}),
});

/** For each match: those that the Server or one of the route's own policies lets in, and nobody else. */
const routedRules = (
  entries: readonly RouteEntry[],
  serverGrants: readonly Grant[],
  source: Source,
): readonly AccessRule[] =>
  entries.flatMap(({ id, match, grants, source: at }) => [
    ...[...serverGrants, ...grants].map(grant => allowRule(grant, `${id} by ${grant.id}`, match)),
    denyRule(`${id} otherwise`, at ?? source, undefined, match),
  ]);

/** Once there are routes, what stands behind them is for bare connections: an HTTP request that got there has no route. */
const onlyBare = (rules: readonly AccessRule[], entries: readonly RouteEntry[]): readonly AccessRule[] => {
  const bare = rules.filter(rule => rule.clauses.every(({ request }) => !request));
  const routed = rules.filter(rule => !bare.includes(rule));
  const unrouted = denyRule('no route', entries[0]?.source, 404, { path: { kind: 'segmentPrefix', value: '' } });
  return [...routed, unrouted, ...bare];
};

const policyOf = (
  id: string,
  scope: ServerScope,
  rules: readonly AccessRule[],
  how: Place & { readonly isOpen: boolean; readonly source?: Source },
): AccessPolicy => ({
  id,
  scope,
  tier: how.tier,
  rules: how.closes && !how.isOpen ? [...rules, denyRule('the rest', how.source)] : rules,
  otherwise: how.isOpen ? 'nothing' : 'deny',
  ...(how.source ? { source: how.source } : {}),
});

/** Whether a default policy has a rule in the model that lets somebody in: it would also open the ports of Servers. */
const opensUnder = (level: DefaultLevel, levels: readonly DefaultLevel[], isOpen: Opening): boolean =>
  isOpen(level.policy)
    ? levels.slice(levels.indexOf(level) + 1).some(({ policy }) => !isOpen(policy))
    : level.policy.allows !== 'nobody';

const levelSecurity = (
  reading: Reading,
  level: DefaultLevel,
  above: readonly DefaultLevel[],
  tier: number,
): Security => {
  const { id, scope, policy, source } = level;
  const isMesh = above.length === 0;
  const origin = isMesh ? 'meshDefault' : 'written';
  const isStrict = isAllAuthenticated(policy);
  const overrides = above.some(other => isAllAuthenticated(other.policy));
  const encryption: PeerEncryption[] =
    isStrict || overrides
      ? [
          {
            id,
            scope,
            mode: { value: isStrict ? 'strict' : 'permissive', origin, ...(source ? { source } : {}) },
            ...(source ? { source } : {}),
          },
        ]
      : [];
  const opening = openingIn(reading);
  const isOpen = opening(policy);
  const speaks = above.some(other => !opening(other.policy));
  const isStance = isMesh && policy.allows === 'nobody';
  const audited = policy.audited ? [auditRule(source)] : [];
  if ((isOpen && !speaks && audited.length === 0) || isStance) return { encryption, access: [] };
  const grants = isOpen ? [openEverything] : defaultGrants(policy, reading.plane.clusterNetworks, source);
  return {
    encryption,
    access: [
      policyOf(id, scope, [...audited, ...grants.map(grant => allowRule(grant, grant.id))], {
        tier,
        closes: above.some(other => opensUnder(other, [other, ...above.slice(above.indexOf(other) + 1)], opening)),
        speaks,
        isOpen,
        ...(source ? { source } : {}),
      }),
    ],
  };
};
