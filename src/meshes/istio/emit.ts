import type { Manifest, WriteTarget } from '../../adapter/adapter.ts';
import type { Model } from '../../model/model.ts';
import { emitDestinationRules } from './destination-rule/emit.ts';
import { readMeshConfig } from './mesh-config.ts';
import { emitSecurity, securityWriting } from './security/writing/emit.ts';
import { emitServiceEntries } from './service-entry/emit.ts';
import { emitVirtualServices, type Naming } from './virtual-service/emit.ts';

/** The expected model as Istio's objects; nothing is lost here. */
export const emit = (model: Model, target: WriteTarget): Manifest[] => {
  const naming = namingOf(model);
  const { rootNamespace } = readMeshConfig(target.snapshot);
  return withNamesApart([
    ...emitVirtualServices(model.frontends, naming),
    ...emitDestinationRules(model, naming, rootNamespace),
    ...emitServiceEntries(model),
    ...emitSecurity(securityWriting(model, target)),
  ]);
};

/** Objects of one kind that would have the same name get numbers: they are for different clients of one host. */
const withNamesApart = (manifests: readonly Manifest[]): Manifest[] => {
  const taken = new Map<string, number>();
  return manifests.map(manifest => {
    const { name, namespace } = manifest.metadata;
    const key = `${manifest.kind} ${namespace}/${name}`;
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    return count === 1 ? manifest : { ...manifest, metadata: { ...manifest.metadata, name: `${name}-${count}` } };
  });
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
