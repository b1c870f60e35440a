import type { Manifest, WriteTarget } from '../../adapter/adapter.ts';
import { groupBy } from '../../base/order.ts';
import type { Model } from '../../model/model.ts';
import { emitDestinationRules } from './destination-rule/emit.ts';
import { emitGateways } from './gateway/emit.ts';
import { gatewayTablesUsed } from './gateway/emit-routes.ts';
import { readMeshConfig } from './mesh-config.ts';
import { emitSecurity, securityWriting } from './security/writing/emit.ts';
import { emitServiceEntries } from './service-entry/emit.ts';
import { emitSidecars } from './sidecar/emit.ts';
import { emitTelemetry } from './telemetry/emit.ts';
import { routeLists, tablesUsed } from './virtual-service/decision-list.ts';
import { emitVirtualServices, type Naming } from './virtual-service/emit.ts';
import { httpPorts, servicesMatching } from './virtual-service/wildcard.ts';

/** The expected model as Istio's objects; nothing is lost here. */
export const emit = (model: Model, target: WriteTarget): Manifest[] => {
  const naming = namingOf(model);
  const { retries } = target.mesh.defaults;
  const writing = { ...naming, defaultRetries: retries };
  const lists = routeLists(model.frontends, naming, retries);
  const frontends = gatewayTablesUsed(tablesUsed(model.frontends, lists), model.inventory.gateways);
  const { rootNamespace } = readMeshConfig(target.snapshot);
  const virtualServices = emitVirtualServices(lists, writing);
  return withNamesApart([
    ...virtualServices,
    ...emitGateways(model, writing),
    ...emitDestinationRules({ ...model, frontends }, naming, rootNamespace),
    ...emitServiceEntries(model),
    ...emitSidecars(model, rootNamespace, virtualServices),
    ...emitTelemetry(model.telemetry, rootNamespace),
    ...emitSecurity(securityWriting(model, target)),
  ]);
};

/**
 * Objects of one kind that would have the same name: those for a service of another namespace get that as well, and what
 * is still alike (one host as different clients see it) gets numbers.
 */
const withNamesApart = (manifests: readonly Manifest[]): Manifest[] => {
  const place = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.namespace}/${metadata.name}`;
  const sharing = groupBy(manifests, place);
  const titled = manifests.map(manifest => {
    const home = homeOf(manifest);
    const isForeign = home !== undefined && home !== manifest.metadata.namespace;
    const isAlone = sharing.get(place(manifest))?.length === 1;
    return isAlone || !isForeign ? manifest : named(manifest, `${manifest.metadata.name}-${home}`);
  });
  const taken = new Map<string, number>();
  return titled.map(manifest => {
    const count = (taken.get(place(manifest)) ?? 0) + 1;
    taken.set(place(manifest), count);
    return count === 1 ? manifest : named(manifest, `${manifest.metadata.name}-${count}`);
  });
};

const named = (manifest: Manifest, name: string): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, name },
});

/** The namespace in the name of the service that an object is about. */
const homeOf = ({ spec }: Manifest): string | undefined => {
  const { host, hosts } = (spec ?? {}) as { readonly host?: string; readonly hosts?: readonly string[] };
  return /^[^.]+\.([^.]+)\.svc(?:\.|$)/.exec(host ?? hosts?.[0] ?? '')?.[1];
};

const namingOf = (model: Model): Naming => {
  const services = new Map(model.inventory.services.map(service => [service.id, service]));
  return {
    hostOf: id => {
      const service = services.get(id);
      return { host: service?.hosts[0] ?? id, namespace: service?.namespace || 'default' };
    },
    takesServices: pattern =>
      servicesMatching(pattern, model.inventory.services).some(service => httpPorts(service).some(port => port !== 80)),
  };
};
