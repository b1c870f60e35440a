import { metadataOf, type Snapshot } from '../../native/snapshot.ts';

/** Which control planes can inject a proxy, by the names that labels use for them (meshes.md A.1.1). */
export interface Revisions {
  /** The revision that a name means: itself, or what a tag points at; undefined if nothing goes by that name. */
  readonly named: (name: string) => string | undefined;
  /** Whether workloads that ask for no revision in particular are served. */
  readonly servesDefault: boolean;
}

const defaultName = 'default';

/**
 * Revisions are named by a label of the control plane and of its webhooks, tags by webhooks of their own. Where the input
 * is a part only, or holds no webhook, every name may mean something.
 */
export const readRevisions = (snapshot: Snapshot): Revisions => {
  const known = new Map<string, string>();
  const webhooks = snapshot
    .of('admissionregistration.k8s.io', 'MutatingWebhookConfiguration')
    .filter(({ ref }) => /^istio-(sidecar-injector|revision-tag)/.test(ref.name));
  for (const object of [
    ...snapshot.of('apps', 'Deployment').filter(({ ref }) => isControlPlane(ref.name)),
    ...webhooks,
  ]) {
    const { labels } = metadataOf(object);
    const revision = labels['istio.io/rev'] ?? revisionOfName(object.ref.name);
    known.set(revision, revision);
    const tag = labels['istio.io/tag'];
    if (tag !== undefined) known.set(tag, revision);
  }
  const isKnowable = snapshot.extent === 'whole' && webhooks.length > 0;
  return {
    named: name => known.get(name) ?? (isKnowable ? undefined : name),
    servesDefault: !isKnowable || known.has(defaultName),
  };
};

/** `istiod`, or `istiod-<revision>`. */
export const isControlPlane = (name: string): boolean => /^istiod(-|$)/.test(name);

const revisionOfName = (name: string): string =>
  /^(?:istiod|istio-sidecar-injector)-(.+)$/.exec(name)?.[1] ?? defaultName;
