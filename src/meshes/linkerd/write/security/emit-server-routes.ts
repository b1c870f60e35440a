import { type Manifest, ownershipLabel } from '../../../../adapter/adapter.ts';
import type { Action, Frontend, Rule } from '../../../../model/frontend.ts';
import type { Match } from '../../../../model/match.ts';
import { gatewayGroup } from '../../../../native/gateway-api/kinds.ts';
import { type RouteWriting, writeRoutes } from '../../../../native/gateway-api/write-routes.ts';
import { gatewayProfile } from '../../gateway-profile.ts';
import { rulesInOrder, variantsOf } from '../variants.ts';
import type { Realm } from './callers.ts';
import { emitAuthorizations } from './emit-authorizations.ts';
import type { PlannedServer } from './gather-servers.ts';
import type { Grant } from './grants.ts';
import { objectName } from './server-names.ts';

/** The mark on a written route that tells whose requests it is for; it is taken off again. */
const mark = 'grants';

/**
 * HTTPRoutes with a Server as their parent, one for each set of callers, and the policies for them. What they would do
 * with a request is left open: a route of a Server only says which requests are meant.
 */
export const emitServerRoutes = (server: PlannedServer, name: string, realm: Realm): readonly Manifest[] => {
  if (server.routes.length === 0) return [];
  const { namespace } = server;
  const grantsOf = new Map<string, readonly Grant[]>();
  const actions = new Map<string, Action>();
  const rules = server.routes.map(({ match, grants }, at): Rule => {
    const key = JSON.stringify(grants);
    const action = actions.get(key) ?? { id: key, target: { kind: 'forward', backends: [] } };
    actions.set(key, action);
    grantsOf.set(key, grants);
    return { id: String(at), match: ofAnyPath(match), action };
  });
  const table: Frontend = {
    id: name,
    listens: { kind: 'service', service: `${namespace}/${name}` },
    protocol: 'http',
    clients: {},
    rules,
    noMatch: { kind: 'respond', status: gatewayProfile.noMatchStatus },
  };
  const writing: RouteWriting = {
    profile: gatewayProfile,
    portsOf: () => [],
    labels: ownershipLabel,
    annotations: ({ id }) => ({ [mark]: id }),
    referTo: () => undefined,
  };
  const parents = [{ group: 'policy.linkerd.io', kind: 'Server', name }];
  return variantsOf(table, rules, [undefined]).flatMap(variant => {
    const host = variant.host?.replace(/^\*/, 'any');
    const place = {
      namespace,
      // Routes of Services go by the name of theirs, which has no dot.
      name: `${host === undefined ? name : objectName(name, host)}.inbound`,
      parents,
      ...(variant.host === undefined ? {} : { hostnames: [variant.host] }),
      dialled: undefined,
    };
    const written = writeRoutes({ ...table, rules: rulesInOrder(variant.rules, table) }, place, writing);
    return written.flatMap((route): readonly Manifest[] => {
      const { annotations, ...metadata } = route.metadata;
      const target = { group: gatewayGroup, kind: 'HTTPRoute', name: metadata.name } as const;
      const { apiVersion, kind, spec } = route;
      return [
        { apiVersion, kind, metadata, spec },
        ...emitAuthorizations(namespace, target, grantsOf.get(annotations?.[mark] ?? '') ?? [], realm),
      ];
    });
  });
};

/** A path that takes everything goes without saying in a route, where nothing but HTTP is looked at. */
const ofAnyPath = (match: Match): Match => {
  const { path, ...rest } = match;
  return path?.kind === 'segmentPrefix' && path.value === '' ? rest : match;
};
