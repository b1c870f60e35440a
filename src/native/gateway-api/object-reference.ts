import type { Field } from '../../base/field.ts';

/** A reference to a Secret, a ConfigMap or the like, with its defaults filled in. */
export interface ObjectReference {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly source: Field;
}

export const readObjectReference = (field: Field, home: string, kind: 'Secret' | 'ConfigMap'): ObjectReference => ({
  group: field.text('group') ?? '',
  kind: field.text('kind') ?? kind,
  namespace: field.text('namespace') ?? home,
  name: field.text('name') ?? '',
  source: field,
});

/** `shop/tls` for a Secret, and for others with what they are: `ConfigMap shop/ca`, `Bundle.example.org shop/ca`. */
export const objectText = ({ group, kind, namespace, name }: ObjectReference): string => {
  const what = group === '' ? kind : `${kind}.${group}`;
  return what === 'Secret' ? `${namespace}/${name}` : `${what} ${namespace}/${name}`;
};
