import type { Field } from '../../../base/field.ts';
import type { Service } from '../../../model/inventory.ts';
import type { Snapshot } from '../../../native/snapshot.ts';

/** The `spec` of the ServiceEntry that defines a service; undefined for services of Kubernetes. */
export const entryOf = ({ source }: Service, snapshot: Snapshot): Field | undefined => {
  if (source?.object.kind !== 'ServiceEntry') return undefined;
  const { namespace, name } = source.object;
  const object = snapshot.find('networking.istio.io', 'ServiceEntry', namespace, name);
  return object && snapshot.field(object).at('spec');
};
