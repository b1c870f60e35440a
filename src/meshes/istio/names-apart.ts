import type { Manifest } from '../../adapter/adapter.ts';
import { groupBy } from '../../base/order.ts';

/**
 * Objects of one kind that would have the same name: those for a service of another namespace get that as well, and what
 * is still alike (one host as different clients see it) gets numbers.
 */
export const withNamesApart = (manifests: readonly Manifest[]): Manifest[] => {
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
