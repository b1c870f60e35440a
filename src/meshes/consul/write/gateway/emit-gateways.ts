import { type Manifest, ownershipLabel } from '../../../../adapter/adapter.ts';
import { byAll, byKey } from '../../../../base/order.ts';
import type { Frontend, Rule } from '../../../../model/frontend.ts';
import type { Gateway, Listener, ListenerTls } from '../../../../model/inventory.ts';
import type { Model } from '../../../../model/model.ts';
import { hostGroups } from '../../../../native/gateway-api/gateway-frontends.ts';
import { gatewayGroup } from '../../../../native/gateway-api/kinds.ts';
import { specificationProfile } from '../../../../native/gateway-api/profile.ts';
import { distinctNames, routeName } from '../../../../native/gateway-api/route-names.ts';
import { grantsFor } from '../../../../native/gateway-api/write-grants.ts';
import { type RouteManifest, type RouteWriting, writeRoutes } from '../../../../native/gateway-api/write-routes.ts';
import type { Snapshot } from '../../../../native/snapshot.ts';
import { gatewayController } from '../../gateways/kubernetes.ts';
import { writeTlsOptions } from '../../gateways/tls-options.ts';
import { type ChainPlan, entryManifest } from '../chain-plan.ts';
import type { Judging } from '../judging.ts';
import { gatewayRanking } from './tables.ts';
import { variantsOf } from './variants.ts';
import { type Beside, gatewayWords } from './words.ts';

/**
 * The gateways of the expected model as consul-k8s takes them: a Gateway of its class with the routes on it, and the
 * objects that these name. Splits go into the plan. Nothing is lost here.
 */
export const emitGateways = (model: Model, judging: Judging, plan: ChainPlan): readonly Manifest[] => {
  const gateways = model.inventory.gateways.filter(
    ({ purpose, listeners }) => purpose === 'ingress' && listeners.length > 0,
  );
  const className = classIn(judging.snapshot);
  const beside: Beside = new Map();
  const writing = writingFor(judging, plan, beside);
  const routes = model.frontends.flatMap(frontend => behindListener(frontend, gateways, judging, writing));
  return [
    ...gateways.map(gateway => gatewayManifest(gateway, model.frontends, judging, className)),
    ...[...beside.values()]
      .map(({ kind, namespace, name, spec }) => entryManifest(kind, name, namespace, spec))
      .sort(inOrder),
    ...distinctNames(routes).sort(inOrder),
    ...grantsFor(routes, ownershipLabel),
  ];
};

const inOrder = byAll<Manifest>(
  byKey(({ metadata }) => metadata.namespace ?? ''),
  byKey(({ kind }) => kind),
  byKey(({ metadata }) => metadata.name),
);

/** The class of the cluster that consul-k8s runs; the chart's own, if none is there. */
const classIn = (snapshot: Snapshot): string =>
  snapshot
    .of(gatewayGroup, 'GatewayClass')
    .filter(object => snapshot.field(object).find('spec', 'controllerName')?.value === gatewayController)
    .map(({ ref }) => ref.name)
    .sort()[0] ?? 'consul';

const gatewayManifest = (
  gateway: Gateway,
  frontends: readonly Frontend[],
  judging: Judging,
  gatewayClassName: string,
): Manifest => ({
  apiVersion: `${gatewayGroup}/v1`,
  kind: 'Gateway',
  metadata: { name: judging.gatewayName(gateway), namespace: gateway.namespace, labels: ownershipLabel },
  spec: { gatewayClassName, listeners: gateway.listeners.map(listenerSpec(gateway, frontends)) },
});

/** The pattern of hosts that a table is for, which only a listener can say. */
const patternOf = ({ id }: Gateway, { name }: Listener, frontends: readonly Frontend[]): string | undefined =>
  frontends
    .flatMap(({ listens }) =>
      listens.kind === 'listener' && listens.gateway === id && listens.listener === name ? listens.hosts : [],
    )
    .find(host => host.startsWith('*.'));

const listenerSpec =
  (gateway: Gateway, frontends: readonly Frontend[]) =>
  (listener: Listener): Readonly<Record<string, unknown>> => {
    const { port, protocol, tls, hosts } = listener;
    const hostname = hosts[0] ?? patternOf(gateway, listener, frontends);
    return {
      name: sectionOf(gateway, listener),
      ...(hostname === undefined || protocol === 'tcp' ? {} : { hostname }),
      port,
      protocol: protocol === 'tcp' ? 'TCP' : tls ? 'HTTPS' : 'HTTP',
      ...(tls ? { tls: tlsSpec(tls, gateway) } : {}),
    };
  };

const tlsSpec = (tls: ListenerTls, gateway: Gateway): Readonly<Record<string, unknown>> => {
  const options = writeTlsOptions(tls);
  return {
    mode: 'Terminate',
    certificateRefs: tls.certificates.map(secretReference(gateway)),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
};

const secretReference =
  ({ namespace: home }: Gateway) =>
  (text: string): Readonly<Record<string, string>> => {
    const [namespace, name] = text.includes('/') ? (text.split('/') as [string, string]) : [home, text];
    return { name, ...(namespace === home ? {} : { namespace }) };
  };

const plainName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'listener';

/** A section of its own for each listener; names that come to the same have their port behind them. */
const sectionOf = ({ listeners }: Gateway, listener: Listener): string => {
  const name = plainName(listener.name);
  const isShared = listeners.some(other => other !== listener && plainName(other.name) === name);
  return isShared ? `${name}-${listener.port}` : name;
};

const writingFor = (judging: Judging, plan: ChainPlan, beside: Beside): RouteWriting => ({
  profile: { ...specificationProfile, ranking: gatewayRanking },
  portsOf: () => [],
  labels: ownershipLabel,
  referTo: (backend, dialled) => {
    if (backend.kind === 'nowhere') return undefined;
    const [namespace = '', name = ''] = backend.service.split('/');
    const port = backend.port ?? judging.services.get(backend.service)?.ports[0]?.port ?? dialled;
    return port === undefined ? undefined : { namespace, name, port };
  },
  words: gatewayWords(judging, plan, beside),
});

/** Where nothing is tried again there is nothing to say of it, so that such rules do the same as those that say nothing. */
const asSaid = (rule: Rule): Rule => {
  const { retries, ...action } = rule.action;
  return retries?.max.value === 0 ? { ...rule, action } : rule;
};

const behindListener = (
  frontend: Frontend,
  gateways: readonly Gateway[],
  judging: Judging,
  writing: RouteWriting,
): readonly RouteManifest[] => {
  const { listens } = frontend;
  if (listens.kind !== 'listener') return [];
  const gateway = gateways.find(({ id }) => id === listens.gateway);
  const listener = gateway?.listeners.find(({ name }) => name === listens.listener);
  if (!gateway || !listener) return [];
  const isBytes = frontend.protocol === 'tcp';
  // The listener says its own pattern; a route that names no host has that of the listener.
  const hosts = isBytes ? [] : listens.hosts.filter(host => !host.startsWith('*'));
  const isWhole = isBytes || hosts.length < listens.hosts.length || listens.hosts.length === 0;
  const table: Frontend = isBytes
    ? frontend
    : { ...frontend, protocol: 'http', rules: frontend.rules.flatMap(variantsOf).map(asSaid) };
  const name = judging.gatewayName(gateway);
  return [...(isWhole ? [[]] : []), ...hostGroups(hosts)].flatMap(hostnames => {
    const place = {
      namespace: gateway.namespace,
      name: routeName([name, sectionOf(gateway, listener), ...hostnames.slice(0, 1)]),
      parents: [{ name, sectionName: sectionOf(gateway, listener) }],
      hostnames,
      dialled: listener.port,
    };
    return writeRoutes(table, place, writing);
  });
};
