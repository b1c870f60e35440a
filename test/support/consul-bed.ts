import { adapter } from '../../src/meshes/consul/adapter.ts';
import { assemble } from '../../src/model/model.ts';
import { readKubernetes } from '../../src/native/kubernetes/read-kubernetes.ts';
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { parseText } from '../../src/store/files/parse.ts';
import { type Bed, bedOf } from './istio-bed.ts';
import { objectsFrom } from './snapshot.ts';

const service = (name: string, labels: string, versions: readonly string[] = ['v1']): string =>
  [
    `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: ${labels}, ports: [{ name: http, port: 80, targetPort: 8080 }] }
`,
    ...versions.map(
      version => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}-${version}, namespace: shop }
spec:
  template:
    metadata:
      labels: { app: ${name}, version: ${version} }
      annotations: { consul.hashicorp.com/connect-inject: "true", consul.hashicorp.com/service-meta-version: ${version} }
    spec: { containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
`,
    ),
  ].join('---');

/**
 * The services that Consul was observed with: `web` and `job` call, `back` has three instances of three versions, `other`
 * and `lim` stand beside it. Nobody has an account of its own, so that names of services are all that tells callers.
 */
const observedServices = [
  service('web', '{ app: web }'),
  service('job', '{ app: job }'),
  service('back', '{ app: back }', ['v1', 'v2', 'v3']),
  service('other', '{ app: other }'),
  service('lim', '{ app: lim }'),
].join('---');

/** All services carry HTTP. */
export const carriesHttp = 'kind = "proxy-defaults"\nname = "global"\nconfig { protocol = "http" }';

/** Who is not named by an intention is kept out. */
export const denyMode = 'default_intention_policy = "deny"';

/** The subsets of `back`, one for each version. */
export const subsets = `
kind = "service-resolver"
name = "back"
subsets = {
  v1 = { filter = "Service.Meta.version == v1" }
  v2 = { filter = "Service.Meta.version == v2" }
  v3 = { filter = "Service.Meta.version == v3" }
}`;

/** The services with config entries, each written in HCL, and read by the adapter. `bare`: without \`carriesHttp\`. */
export const consulBed = (...entries: readonly string[]): Bed => bareBed(carriesHttp, ...entries);

export const bareBed = (...entries: readonly string[]): Bed => bedWith([], ...entries);

/** As `consulBed`, with objects of Kubernetes beside the entries. */
export const kubernetesBed = (yaml: string, ...entries: readonly string[]): Bed =>
  bedWith(objectsFrom(yaml), carriesHttp, ...entries);

const bedWith = (beside: readonly NativeObject[], ...entries: readonly string[]): Bed => {
  const parsed = entries.map((entry, index) => parseText(`entry${index}.hcl`, entry));
  const broken = parsed.flatMap(({ findings }) => findings.map(({ message }) => message));
  if (broken.length > 0) throw new Error(broken.join('; '));
  const objects = [...objectsFrom(observedServices), ...beside, ...parsed.flatMap(one => one.objects)];
  const snapshot = new Snapshot(objects, 'whole');
  const { inventory } = readKubernetes(snapshot);
  const read = adapter.read({ snapshot, inventory, meshes: adapter.detect(snapshot, inventory), others: [] });
  return {
    ...bedOf(assemble(read.inventory, [read.part])),
    findings: read.findings,
    codes: read.findings.map(({ code }) => code),
    unread: () =>
      read.objects.flatMap(({ object, body }) =>
        snapshot
          .field(object)
          .account(body)
          .unread.map(({ source }) => source.path),
      ),
  };
};

/** A router of `back` with these routes, of which each is `match => destination` in HCL. */
export const router = (...routes: readonly string[]): string =>
  `kind = "service-router"\nname = "back"\nroutes = [${routes.join(',')}]`;

/** A route by what stands in \`match.http\`, to \`other\` unless said otherwise. */
export const route = (http: string, destination = 'service = "other"'): string =>
  `{ match { http { ${http} } } destination { ${destination} } }`;

/** Intentions for a destination, each \`caller: action\` or with permissions in HCL. */
export const intentions = (name: string, ...sources: readonly string[]): string =>
  `kind = "service-intentions"\nname = "${name}"\nsources = [${sources.join(',')}]`;

export const l4 = (caller: string, action: 'allow' | 'deny'): string => `{ name = "${caller}" action = "${action}" }`;

export const l7 = (caller: string, ...permissions: readonly string[]): string =>
  `{ name = "${caller}" permissions = [${permissions.join(',')}] }`;

export const may = (action: 'allow' | 'deny', http: string, more = ''): string =>
  `{ action = "${action}" http { ${http} } ${more} }`;

/** What is asked of `back` by `web`, unless somebody else asks. */
export const back = { to: { service: 'shop/back', port: 80 } } as const;
