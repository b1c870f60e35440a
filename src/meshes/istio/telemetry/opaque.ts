import type { Opaque } from '../../../model/model.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { policyScopes, workloadScope } from '../security/policy-scope.ts';

/** Kinds that act on traffic in ways that nobody but the proxy understands, and what they are to a reader. */
const kinds = [
  { group: 'networking.istio.io', kind: 'EnvoyFilter', what: 'a patch of the proxy’s configuration' },
  { group: 'extensions.istio.io', kind: 'WasmPlugin', what: 'a plug-in of the proxy' },
  { group: 'extensions.istio.io', kind: 'TrafficExtension', what: 'a plug-in of the proxy' },
] as const;

/** Patches and plug-ins: where they act is read, what they do is not. */
export const readOpaque = (reading: Reading): Opaque[] => {
  leaveProxyConfigs(reading);
  return kinds.flatMap(({ group, kind, what }) =>
    objectsOf(reading, group, kind).flatMap(object => {
      const spec = reading.snapshot.field(object).at('spec');
      if (!spec) return [];
      report(reading, 'ISTIO140', object.ref, `\`${kind}\` is ${what}; what it does to requests is not known`);
      const namespace = namespaceOf(object.ref);
      const labels = spec.at('workloadSelector')?.textMap('labels');
      const scopes = labels ? [workloadScope(reading, namespace, labels)] : policyScopes(reading, object, spec);
      for (const [key, field] of spec.members()) {
        if (!['workloadSelector', 'selector', 'targetRef', 'targetRefs'].includes(key))
          field.leave(`${what} is opaque`);
      }
      const id = `${kind} ${namespace}/${object.ref.name}`;
      return scopes.map((scope): Opaque => ({ id, what, ...placeOf(scope, namespace), source: spec }));
    }),
  );
};

/** A service is opaque wherever its requests go: that is known by namespace only. */
const placeOf = ({ namespaces, labels, gateway, services }: ServerScope, own: string): Partial<Opaque> => ({
  ...(services ? { namespaces: [own] } : namespaces ? { namespaces } : {}),
  ...(labels ? { labels } : {}),
  ...(gateway === undefined ? {} : { gateway }),
});

/** How a proxy is run (threads, environment, image) does not change what it does to a request. */
const leaveProxyConfigs = (reading: Reading): void => {
  for (const object of objectsOf(reading, 'networking.istio.io', 'ProxyConfig')) {
    reading.snapshot.field(object).at('spec')?.leave('how the proxy is run; no effect on traffic');
  }
};
