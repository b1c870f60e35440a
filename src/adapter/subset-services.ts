import { digest } from '../base/digest.ts';
import { byKey } from '../base/order.ts';
import type { Backend, Frontend } from '../model/frontend.ts';
import type { Service, ServicePort } from '../model/inventory.ts';
import type { Model } from '../model/model.ts';
import { type Labels, selects } from '../model/scope.ts';
import { type Manifest, ownershipLabel } from './adapter.ts';

/** The Service that stands for some of another one's endpoints. */
export interface SubsetService {
  readonly base: Service;
  readonly name: string;
  readonly selector: Labels;
}

/**
 * The Services that subsets become, beside those that are there. A backend is asked about when it is judged, when it is
 * written, and when the Services are; it is worked out once.
 */
export class SubsetServices {
  private readonly services: ReadonlyMap<string, Service>;
  private readonly known = new Map<Backend, SubsetService | undefined>();

  constructor(services: ReadonlyMap<string, Service>) {
    this.services = services;
  }

  /**
   * A subset becomes a Service with the base's selector and the subset's labels. Undefined where either is not known: a
   * Service without them would lead to all endpoints, which is not what was asked for.
   */
  for(backend: Backend): SubsetService | undefined {
    if (backend.kind !== 'service' || !backend.subset?.labels) return undefined;
    const known = this.known.get(backend);
    if (known || this.known.has(backend)) return known;
    const { name, labels } = backend.subset;
    const found = makeSubsetService(backend.service, { name, labels }, this.services);
    this.known.set(backend, found);
    return found;
  }

  /**
   * Those that the backends of all tables need, by name, and those of ours that are there already: to leave one out
   * would be to take it away. A Service of the user's that leads to the same endpoints is used as it is.
   */
  manifests(model: Model): readonly Manifest[] {
    const wanted = new Map<string, Manifest>();
    for (const backend of model.frontends.flatMap(backendsOf)) {
      const found = this.for(backend);
      if (!found) continue;
      const { base, name, selector } = found;
      const id = `${base.namespace}/${name}`;
      if (!wanted.has(id) && !this.services.has(id))
        wanted.set(id, manifestOf(base.namespace, name, selector, base.ports));
    }
    for (const { id, namespace, name, endpoints, ports, labels } of model.inventory.services) {
      if (selects(ownershipLabel, labels) && endpoints.kind === 'pods') {
        wanted.set(id, manifestOf(namespace, name, endpoints.labels, ports));
      }
    }
    return [...wanted].sort(byKey(([id]) => id)).map(([, manifest]) => manifest);
  }
}

const makeSubsetService = (
  service: string,
  subset: { readonly name: string; readonly labels: Labels },
  services: ReadonlyMap<string, Service>,
): SubsetService | undefined => {
  const base = services.get(service);
  if (base?.endpoints.kind !== 'pods' || Object.keys(base.endpoints.labels).length === 0) return undefined;
  const selector: Labels = Object.assign({}, base.endpoints.labels, subset.labels);
  return { base, name: uniqueName(`${base.name}-${subset.name}`, base, selector, services), selector };
};

/** What most subsets are called. */
const plainName = /^[a-z0-9-]*[a-z0-9]$/;

/** At most 63 characters; a name that is taken by other endpoints, or too long, gets a suffix made of the selector. */
const uniqueName = (
  wanted: string,
  base: Service,
  selector: Labels,
  services: ReadonlyMap<string, Service>,
): string => {
  const plain = plainName.test(wanted)
    ? wanted
    : wanted
        .toLowerCase()
        .replace(/[^a-z0-9-]+/g, '-')
        .replace(/-+$/, '');
  const other = services.get(`${base.namespace}/${plain}`);
  const isSame = other?.endpoints.kind === 'pods' && labelText(other.endpoints.labels) === labelText(selector);
  if (plain.length <= 63 && (!other || isSame)) return plain;
  const suffix = digest(labelText(selector));
  return `${plain.slice(0, 62 - suffix.length).replace(/-+$/, '')}-${suffix}`;
};

const labelText = (labels: Labels): string =>
  Object.keys(labels)
    .sort()
    .map(key => `${key}=${labels[key]}`)
    .join(',');

const manifestOf = (namespace: string, name: string, selector: Labels, ports: readonly ServicePort[]): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: ownershipLabel },
  spec: {
    selector,
    ports: ports.map(({ port, name: portName, protocol, appProtocol, targetPort }) => ({
      name: portName,
      port,
      ...(appProtocol === undefined ? {} : { appProtocol }),
      ...(targetPort === undefined ? {} : { targetPort }),
      ...(protocol === 'udp' ? { protocol: 'UDP' } : {}),
    })),
  },
});

const backendsOf = ({ rules }: Frontend): readonly Backend[] =>
  rules.flatMap(({ action: { target, mirrors = [] } }) => {
    const shares = target.kind === 'forward' ? [...target.backends, ...mirrors] : mirrors;
    return shares.map(({ backend }) => backend);
  });
