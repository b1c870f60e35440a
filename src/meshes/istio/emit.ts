import type { Manifest } from '../../adapter/adapter.ts';
import type { Model } from '../../model/model.ts';
import { emitVirtualServices, type Naming } from './virtual-service/emit.ts';

/** The expected model as Istio's objects; nothing is lost here. */
export const emit = (model: Model): Manifest[] => {
  const naming = namingOf(model);
  return [...emitVirtualServices(model.frontends, naming)];
};

const namingOf = (model: Model): Naming => {
  const services = new Map(model.inventory.services.map(service => [service.id, service]));
  return {
    hostOf: id => {
      const service = services.get(id);
      return { host: service?.hosts[0] ?? id, namespace: service?.namespace || 'default' };
    },
  };
};
