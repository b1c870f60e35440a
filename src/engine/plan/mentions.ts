/** What objects of Gateway API and `supergloo.dev` name besides themselves, wherever it stands in them. */
import { byText } from '../../base/order.ts';
import type { Service } from '../../model/inventory.ts';
import { type NativeObject, namespaceOf } from '../../native/snapshot.ts';

const mentioned = new WeakMap<NativeObject, readonly string[]>();

/** Namespaces that an object names, wherever in it: of backends, callers, parents. */
export const mentionsOf = (object: NativeObject): readonly string[] => {
  const known = mentioned.get(object);
  if (known) return known;
  const found = new Set<string>();
  const look = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      if (key === 'namespace') found.add(value);
      const [, identity] = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\//.exec(value) ?? [];
      if (identity !== undefined) found.add(identity);
    } else if (Array.isArray(value)) for (const item of value) look(item, key);
    else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) look(part, name);
  };
  look(object.body.spec, 'spec');
  const namespaces = [...found].sort(byText);
  mentioned.set(object, namespaces);
  return namespaces;
};

/** Namespaces of what a route is attached to: it is written together with them. */
export const parentsOf = ({ ref, body }: NativeObject): readonly string[] => {
  const { parentRefs, parentRef } = (body.spec ?? {}) as Readonly<Record<string, unknown>>;
  const parents: readonly unknown[] = [...(Array.isArray(parentRefs) ? parentRefs : []), parentRef];
  const named = parents.flatMap(parent => {
    const { namespace } = (parent ?? {}) as { namespace?: unknown };
    return typeof namespace === 'string' ? namespace : [];
  });
  return [namespaceOf(ref), ...named];
};

type Named = Pick<Service, 'name' | 'namespace'>;

/** Where Gateway API and `supergloo.dev` refer to objects. */
const referenceKeys = new Set(['parentRefs', 'backendRefs', 'backendRef', 'targetRefs', 'fallbacks']);

const namedServices = new WeakMap<NativeObject, readonly Named[]>();

/** Services that an object names, also those that are not there. */
export const servicesNamedIn = (object: NativeObject): readonly Named[] => {
  const known = namedServices.get(object);
  if (known) return known;
  const found: Named[] = [];
  const look = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const item of value) look(item, key);
    else if (typeof value === 'object' && value !== null) {
      const {
        kind = 'Service',
        name,
        namespace = namespaceOf(object.ref),
      } = value as Readonly<Record<string, unknown>>;
      const isService = referenceKeys.has(key) && kind === 'Service';
      if (isService && typeof name === 'string' && typeof namespace === 'string') found.push({ name, namespace });
      for (const [field, part] of Object.entries(value)) look(part, field);
    }
  };
  look(object.body.spec, '');
  namedServices.set(object, found);
  return found;
};
