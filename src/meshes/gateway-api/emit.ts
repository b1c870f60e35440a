import { type Manifest, ownershipLabel } from '../../adapter/adapter.ts';
import { byAll, byKey, groupBy } from '../../base/order.ts';
import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Gateway, Listener } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';
import { isNamed } from '../../model/referenced-gateway.ts';
import { hostGroups } from '../../native/gateway-api/gateway-frontends.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { distinctNames, routeName } from '../../native/gateway-api/route-names.ts';
import { grantsFor } from '../../native/gateway-api/write-grants.ts';
import {
  type RouteManifest,
  type RoutePlace,
  type RouteWriting,
  writeRoutes,
} from '../../native/gateway-api/write-routes.ts';
import { writeServiceRoutes } from '../../native/gateway-api/write-service-routes.ts';
import { emitGateway, listenerOf, redirectRoutes, sectionsOf } from './emit-gateway.ts';
import type { Judging } from './judging.ts';

/** The expected model as objects of Gateway API, and Services for its subsets. Nothing is lost here. */
export const emit = (model: Model, judging: Judging, className: string): readonly Manifest[] => {
  const { gateways } = model.inventory;
  const ingress = gateways.filter(({ purpose, evidence }) => purpose === 'ingress' && evidence !== 'referenced');
  const writing = writingFor(judging);
  const byService = groupBy(model.frontends, serviceOf);
  const tablesOf = (frontend: Frontend): readonly Frontend[] => byService.get(serviceOf(frontend)) ?? [];
  const routes = model.frontends.flatMap((frontend): readonly RouteManifest[] =>
    frontend.listens.kind === 'listener'
      ? behindListener(frontend, model, writing)
      : writeServiceRoutes(frontend, writing, tablesOf(frontend)),
  );
  const [onServices, onGateways] = [true, false].map(wanted =>
    routes.filter(route => isOnService(route) === wanted),
  ) as [RouteManifest[], RouteManifest[]];
  return [
    ...judging.subsets.manifests(model),
    ...ingress.map(gateway => emitGateway(gateway, className)),
    ...ingress.flatMap(redirectRoutes),
    ...distinctNames(onGateways).sort(byName),
    ...distinctNames(onServices).sort(byName),
    ...grantsFor(onGateways, ownershipLabel),
    ...backendPolicies(model.destinations, judging),
  ];
};

const serviceOf = ({ listens }: Frontend): string => (listens.kind === 'service' ? listens.service : '');

const byName = byAll<Manifest>(
  byKey(({ metadata }) => metadata.namespace ?? ''),
  byKey(({ metadata }) => metadata.name),
  byKey(({ kind }) => kind),
);

const isOnService = ({ spec }: RouteManifest): boolean =>
  (spec.parentRefs as readonly { readonly kind?: string }[]).some(({ kind }) => kind === 'Service');

const writingFor = ({ profile, portsOf, subsets }: Judging): RouteWriting => ({
  profile,
  portsOf,
  labels: ownershipLabel,
  referTo: (backend, dialled) => {
    if (backend.kind === 'nowhere') return undefined;
    const port = backend.port ?? dialled;
    if (port === undefined) return undefined;
    const subset = subsets.for(backend);
    if (subset) return { namespace: subset.base.namespace, name: subset.name, port };
    const [namespace = '', name = ''] = backend.service.split('/');
    return { namespace, name, port };
  },
});

const behindListener = (frontend: Frontend, model: Model, writing: RouteWriting): readonly RouteManifest[] => {
  const { listens } = frontend;
  if (listens.kind !== 'listener') return [];
  const [gateway, listener] = listenerOf(model.inventory.gateways, listens.gateway, listens.listener);
  if (frontend.protocol === 'tls') return passedOn(frontend, gateway, listener, writing);
  const hosts = frontend.protocol === 'tcp' ? [] : listens.hosts.filter(host => host !== '*');
  const isEvery = hosts.length < listens.hosts.length || listens.hosts.length === 0 || frontend.protocol === 'tcp';
  return (isEvery ? [[]] : hostGroups(hosts)).flatMap(group => {
    const place = {
      namespace: gateway.namespace,
      name: routeName([gateway.name, listener.name, ...group.slice(0, 1)]),
      parents: parentsFor(gateway, listener),
      hostnames: group,
      dialled: listener.anyPort ? undefined : listener.port,
    };
    return writeRoutes(frontend, place, writing);
  });
};

/** A TLSRoute for each rule and each group of its server names, which is how they will be tried. */
const passedOn = (
  frontend: Frontend,
  gateway: Gateway,
  listener: Listener,
  writing: RouteWriting,
): readonly RouteManifest[] => {
  const hosts = 'hosts' in frontend.listens ? frontend.listens.hosts.filter(host => host !== '*') : [];
  return frontend.rules.flatMap(rule => {
    const names = rule.match.sni ?? (hosts.length > 0 ? hosts : undefined);
    return (names ? hostGroups(names) : [undefined]).flatMap(sni => {
      const { sni: _, ...rest } = rule.match;
      const table = { ...frontend, rules: [{ ...rule, match: sni ? { ...rest, sni } : rest }] };
      const place = {
        namespace: gateway.namespace,
        name: routeName([gateway.name, listener.name, ...(sni ?? []).slice(0, 1)]),
        parents: parentsFor(gateway, listener),
        dialled: listener.anyPort ? undefined : listener.port,
      };
      return writeRoutes(table, place, writing);
    });
  });
};

/** The sections of a Gateway that is written; of one that only routes name, what they said of it. */
const parentsFor = (gateway: Gateway, listener: Listener): RoutePlace['parents'] => {
  const { name } = gateway;
  if (gateway.evidence === 'referenced') {
    const section = isNamed(listener) ? { sectionName: listener.name } : {};
    return [{ name, ...section, ...(listener.anyPort ? {} : { port: listener.port }) }];
  }
  return (sectionsOf(gateway).get(listener.name) ?? []).map(section => ({ name, sectionName: section.name }));
};

/** One policy for each destination; it acts for every gateway, so those of several gateways are one. */
const backendPolicies = (destinations: readonly DestinationSettings[], { services }: Judging): readonly Manifest[] => {
  const withTls = destinations.filter(({ tls, target }) => tls?.mode.value === 'tls' && target.service !== undefined);
  const byTarget = groupBy(withTls, ({ target }) => `${target.service}:${target.port ?? ''}`);
  return [...byTarget.values()]
    .map(([settings]) => settings!)
    .sort(
      byAll(
        byKey(({ target }) => target.service ?? ''),
        (a, b) => (a.target.port ?? 0) - (b.target.port ?? 0),
      ),
    )
    .map(({ target, tls }): Manifest => {
      const [namespace = '', name = ''] = (target.service ?? '').split('/');
      const port = services.get(target.service ?? '')?.ports.find(candidate => candidate.port === target.port);
      const authorities = tls?.authorities ?? [];
      return {
        apiVersion: `${gatewayGroup}/v1`,
        kind: 'BackendTLSPolicy',
        metadata: { name: port ? `${name}-${port.port}` : name, namespace, labels: ownershipLabel },
        spec: {
          targetRefs: [{ group: '', kind: 'Service', name, ...(port?.name ? { sectionName: port.name } : {}) }],
          validation: {
            ...(authorities.includes('system')
              ? { wellKnownCACertificates: 'System' }
              : { caCertificateRefs: authorities.map(configMap) }),
            hostname: tls?.serverName,
            ...(tls?.subjectNames ? { subjectAltNames: tls.subjectNames.map(subjectName) } : {}),
          },
        },
      };
    });
};

const configMap = (text: string): Readonly<Record<string, string>> => ({
  group: '',
  kind: 'ConfigMap',
  name: text.slice(text.indexOf('/') + 1),
});

const subjectName = (text: string): Readonly<Record<string, string>> =>
  text.includes('://') ? { type: 'URI', uri: text } : { type: 'Hostname', hostname: text };
