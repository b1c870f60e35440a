import type { Field } from '../../../base/field.ts';
import type { RateLimit } from '../../../model/capabilities/rate-limit.ts';
import { namespaceOf } from '../../../native/snapshot.ts';
import { serviceAccount } from '../identity.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { isCore, isPolicyGroup, realmOf, referenceOf } from './authentications.ts';
import { readsHttp, type Server } from './servers.ts';

/** The status for requests beyond a limit (linkerd2-proxy `rate_limited`). */
const tooManyRequests = 429;

/**
 * HTTPLocalRateLimitPolicy: counted by each proxy on its own. Of several for one Server the oldest acts (policy-controller
 * k8s/status, 2.20); on a Server of bytes and on a gRPC Server it has no effect (grpc `to_server`).
 */
export const readRateLimits = (reading: Reading, servers: readonly Server[]): RateLimit[] => {
  const limited = new Map<Server, string>();
  return objectsOf(reading, 'policy.linkerd.io', 'HTTPLocalRateLimitPolicy').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    const ref = spec?.at('targetRef');
    if (!spec || !ref) return [];
    const { group, kind, name } = referenceOf(ref);
    const namespace = namespaceOf(object.ref);
    const server = servers.find(one => one.namespace === namespace && one.name === name);
    if (kind !== 'Server' || !isPolicyGroup(group) || !server) {
      report(
        reading,
        'LINKERD204',
        ref,
        `no Server \`${namespace}/${name}\` in the input; the limit has nowhere to act`,
      );
      spec.leave('its Server is not in the input');
      return [];
    }
    const holder = limited.get(server);
    if (holder !== undefined) {
      report(reading, 'LINKERD208', ref, `\`${holder}\` is taken to be the older limit of \`${name}\``);
      spec.leave('another limit of the same Server is older');
      return [];
    }
    limited.set(server, object.ref.name);
    if (!readsHttp(server.protocol) || server.protocol === 'gRPC') {
      report(reading, 'LINKERD203', ref, `a Server of protocol \`${server.protocol}\` has no limits`);
      spec.leave('the protocol of the Server has no limits');
      return [];
    }
    return server.scopes.map(
      (scope, index): RateLimit => ({
        ...limitOf(reading, namespace, spec),
        ...idOf(object.ref.name, namespace, index),
        scope,
      }),
    );
  });
};

const idOf = (name: string, namespace: string, index: number): Pick<RateLimit, 'id'> => ({
  id: `${namespace}/${name}${index === 0 ? '' : ` (${index + 1})`}`,
});

const limitOf = (reading: Reading, namespace: string, spec: Field): Omit<RateLimit, 'id' | 'scope'> => {
  const total = spec.at('total')?.number('requestsPerSecond');
  const perIdentity = spec.at('identity')?.number('requestsPerSecond');
  const overrides = spec.list('overrides').map(field => ({
    requestsPerSecond: field.number('requestsPerSecond') ?? 0,
    callers: field.list('clientRefs').flatMap(ref => {
      const { group, kind, name } = referenceOf(ref);
      if (isCore(group) && kind === 'ServiceAccount') {
        return [serviceAccount(realmOf(reading), ref.text('namespace') ?? namespace, name)];
      }
      report(reading, 'LINKERD203', ref, 'only a ServiceAccount can have a limit of its own');
      return [];
    }),
    source: field,
  }));
  return {
    ...(total === undefined ? {} : { total }),
    ...(perIdentity === undefined ? {} : { perIdentity }),
    ...(overrides.length > 0 ? { overrides } : {}),
    status: tooManyRequests,
    source: spec,
  };
};
