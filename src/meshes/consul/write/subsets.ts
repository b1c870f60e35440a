import { digest } from '../../../base/digest.ts';
import type { Backend, Subset } from '../../../model/frontend.ts';
import type { Workload } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import type { Labels } from '../../../model/scope.ts';
import type { NativeObject, Snapshot } from '../../../native/snapshot.ts';
import type { ConsulServices } from '../services.ts';
import { metaAnnotation } from '../sidecar.ts';

/** How the subsets of the wishes become subsets of resolvers. */
export interface Subsets {
  /** The name that a subset of a service has there; undefined where the pods cannot be told by metadata. */
  readonly nameOf: (service: string, subset: Subset) => string | undefined;
  /** Annotations that pods need, so that instances have the metadata which filters ask for. */
  readonly annotations: (service: string, labels: Labels) => ReadonlyMap<NativeObject, Labels>;
}

/** What an annotation can be named after; a key of metadata has no slash. */
const isMetadataKey = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,40}[A-Za-z0-9])?$/;
const isSubsetName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

export const subsetsOf = (model: Model, snapshot: Snapshot, names: ConsulServices): Subsets => {
  const objects = new Map(
    model.inventory.workloads.flatMap(workload => {
      const { source, kind } = workload;
      const object =
        source && snapshot.find(groupOf(source.object.apiVersion), kind, workload.namespace, workload.name);
      return object ? [[workload.id, object] as const] : [];
    }),
  );
  const taken = labelsByName(model);
  const isSayable = (service: string, labels: Labels): boolean =>
    Object.keys(labels).every(
      key =>
        isMetadataKey.test(key) &&
        names
          .instances(names.nameOf({ id: service }))
          .every(
            instance => saysAlready(instance, key) === undefined || saysAlready(instance, key) === instance.labels[key],
          ),
    );
  return {
    nameOf: (service, { name, labels }) => {
      if (!labels || Object.keys(labels).length === 0 || !isSayable(service, labels)) return undefined;
      const text = labelText(labels);
      const isUnique = taken.get(`${service} ${name}`)?.size === 1;
      if (isSubsetName.test(name) && isUnique) return name;
      const slug =
        name
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-+|-+$/g, '') || 'subset';
      return `${slug}-${digest(text)}`;
    },
    annotations: (service, labels) => {
      const added = new Map<NativeObject, Labels>();
      for (const workload of names.instances(names.nameOf({ id: service }))) {
        const object = objects.get(workload.id);
        const wanted = Object.keys(labels).flatMap(key => {
          const value = workload.labels[key];
          return value === undefined ? [] : [[metaAnnotation(key), value] as const];
        });
        const missing = object && wanted.some(([name, value]) => podAnnotations(object)[name] !== value);
        if (missing) added.set(object, Object.fromEntries(wanted));
      }
      return added;
    },
  };
};

/** The annotations of pods as they are in the object, whatever is known of the workload by now. */
const podAnnotations = ({ ref, body }: NativeObject): Labels => {
  const { metadata, spec } = body as { metadata?: Annotated; spec?: { template?: { metadata?: Annotated } } };
  return (ref.kind === 'Pod' ? metadata : spec?.template?.metadata)?.annotations ?? {};
};

interface Annotated {
  readonly annotations?: Labels;
}

const saysAlready = ({ annotations }: Workload, key: string): string | undefined => annotations[metaAnnotation(key)];

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

const labelText = (labels: Labels): string =>
  Object.keys(labels)
    .sort()
    .map(key => `${key}=${labels[key]}`)
    .join(',');

/** The labels that each name stands for; a name that stands for several is no name for any. */
const labelsByName = ({ frontends }: Model): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  const note = (backend: Backend): void => {
    if (backend.kind !== 'service' || !backend.subset?.labels) return;
    const key = `${backend.service} ${backend.subset.name}`;
    found.set(key, (found.get(key) ?? new Set()).add(labelText(backend.subset.labels)));
  };
  for (const { rules } of frontends) {
    for (const { action } of rules) {
      if (action.target.kind === 'forward') for (const { backend } of action.target.backends) note(backend);
    }
  }
  return found;
};
