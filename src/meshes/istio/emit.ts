import type { Manifest, WriteTarget } from '../../adapter/adapter.ts';
import type { Model } from '../../model/model.ts';
import { settledDestinationRules } from './destination-rule/settled.ts';
import { emitGateways } from './gateway/emit.ts';
import { gatewayTablesUsed } from './gateway/emit-routes.ts';
import { readMeshConfig } from './mesh-config.ts';
import { withNamesApart } from './names-apart.ts';
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
    ...settledDestinationRules({ ...model, frontends }, naming, target),
    ...emitServiceEntries(model),
    ...emitSidecars(model, rootNamespace, virtualServices),
    ...emitTelemetry(model.telemetry, rootNamespace),
    ...emitSecurity(securityWriting(model, target)),
  ]);
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
