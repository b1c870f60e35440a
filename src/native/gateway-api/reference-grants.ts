import { groupBy } from '../../base/order.ts';
import type { NativeObject, Snapshot } from '../snapshot.ts';
import { gatewayGroup } from './kinds.ts';

interface Reference {
  readonly group: string;
  readonly kind: string;
}

interface Grant {
  readonly from: readonly (Reference & { readonly namespace: string })[];
  readonly to: readonly (Reference & { readonly name?: string })[];
}

/** The ReferenceGrants of a snapshot: which kinds of one namespace may refer to which objects of another. */
export class ReferenceGrants {
  readonly objects: readonly NativeObject[];
  private readonly byNamespace: ReadonlyMap<string, readonly Grant[]>;

  constructor(snapshot: Snapshot) {
    this.objects = snapshot.of(gatewayGroup, 'ReferenceGrant');
    const grants = this.objects.map(object => ({
      namespace: object.ref.namespace ?? 'default',
      grant: readGrant(snapshot, object),
    }));
    const grouped = groupBy(grants, ({ namespace }) => namespace);
    this.byNamespace = new Map([...grouped].map(([namespace, list]) => [namespace, list.map(({ grant }) => grant)]));
  }

  /**
   * Whether a grant that is not found does not exist: where everything was read, or where the input holds grants of
   * that namespace at all. Else the input is a part of what exists, and the grant may be in the rest.
   */
  isKnown(namespace: string, directory: { readonly isWhole: boolean }): boolean {
    return directory.isWhole || this.byNamespace.has(namespace);
  }

  /** Within one namespace nothing has to be permitted. */
  permit(
    from: Reference & { readonly namespace: string },
    to: Reference & { readonly namespace: string; readonly name: string },
  ): boolean {
    if (from.namespace === to.namespace) return true;
    return (this.byNamespace.get(to.namespace) ?? []).some(
      grant =>
        grant.from.some(
          ({ group, kind, namespace }) => group === from.group && kind === from.kind && namespace === from.namespace,
        ) &&
        grant.to.some(
          ({ group, kind, name }) => group === to.group && kind === to.kind && (name === undefined || name === to.name),
        ),
    );
  }
}

const readGrant = (snapshot: Snapshot, object: NativeObject): Grant => {
  const spec = snapshot.field(object).at('spec');
  return {
    from: (spec?.list('from') ?? []).map(field => ({
      group: field.text('group') ?? '',
      kind: field.text('kind') ?? '',
      namespace: field.text('namespace') ?? '',
    })),
    to: (spec?.list('to') ?? []).map(field => {
      const name = field.text('name');
      return {
        group: field.text('group') ?? '',
        kind: field.text('kind') ?? '',
        ...(name === undefined || name === '' ? {} : { name }),
      };
    }),
  };
};
