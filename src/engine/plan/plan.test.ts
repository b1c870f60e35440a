import { describe, expect, it } from 'vitest';
import { Snapshot } from '../../native/snapshot.ts';
import { parseText } from '../../store/files/parse.ts';
import { plan } from './plan.ts';
import { verdictOf } from './verdict.ts';

const workload = (name: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
`;

const shop = [workload('reviews'), workload('web')].join('---');

const traffic = `
apiVersion: supergloo.dev/v1alpha1
kind: TrafficPolicy
metadata: { name: reviews, namespace: shop }
spec:
  targetRefs: [{ kind: Service, name: reviews }]
  timeouts: { request: 2s }
  retries: { attempts: 2 }
  outlierDetection: { consecutive5xx: 5, baseEjectionTime: 30s }
`;

const access = `
apiVersion: supergloo.dev/v1alpha1
kind: AccessPolicy
metadata: { name: reviews, namespace: shop }
spec:
  targetRefs: [{ kind: Service, name: reviews }]
  rules:
    - from: [{ serviceAccount: { name: web } }]
      to: [{ methods: [GET], paths: [{ value: /reviews }] }]
`;

const snapshotOf = (...texts: string[]): Snapshot =>
  new Snapshot(texts.flatMap((text, index) => parseText(`${index}.yaml`, text).objects));

const planned = (types: readonly string[], ...texts: string[]) =>
  plan(snapshotOf(...texts), { assume: types.map(type => ({ type })) });

describe('a plan', () => {
  it('writes one wish for every mesh', async () => {
    const { meshes, findings } = await planned(['istio', 'linkerd', 'consul'], shop, traffic, access);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const results = meshes.map(({ mesh, status }) => [mesh.type, ...status.map(({ result }) => result)]);
    expect(results).toEqual([
      ['istio', 'applied', 'applied'],
      ['linkerd', 'applied', 'approximated'],
      ['consul', 'applied', 'applied'],
    ]);
  });

  it('is asked whether it makes anything weaker, and whether it does what was wished', async () => {
    const made = await planned(['istio', 'linkerd', 'consul'], shop, traffic, access);
    const told = (await verdictOf(made, () => true)).map(({ mesh, change, kept }) => [
      mesh.type,
      change.services.map(({ aspect, verdict }) => `${aspect} ${verdict}`).join(),
      kept.services.map(({ aspect, verdict }) => `${aspect} ${verdict}`).join(),
    ]);
    expect(told).toEqual([
      ['istio', 'access stricter', ''],
      // Linkerd has no word for a connection that fails.
      ['linkerd', 'access stricter', 'resilience different'],
      ['consul', 'access stricter', ''],
    ]);
  });

  it('is asked of nothing but what was wished: who may come in says nothing of routes that somebody wrote', async () => {
    const native = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  hosts: [reviews]
  http: [{ timeout: 3s, route: [{ destination: { host: reviews } }] }]
`;
    const everywhere = access.replace('{ kind: Service, name: reviews }', '{ kind: Namespace, name: shop }');
    const keptBeside = async (...wishes: string[]) => {
      const [verdict] = await verdictOf(await planned(['istio'], shop, native, ...wishes), () => true);
      return verdict?.kept.services.map(({ service, aspect }) => `${service} ${aspect}`);
    };
    expect(await keptBeside(everywhere)).toEqual([]);
    expect(await keptBeside(everywhere, traffic)).toEqual(['shop/reviews resilience']);
  });

  it('writes nothing of what a mesh has already', async () => {
    const native = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example] }]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: api, namespace: shop }
spec: { hosts: [api.example], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: vm, namespace: shop }
spec: { address: 10.1.1.1, labels: { app: reviews }, serviceAccount: vm }
---
apiVersion: v1
kind: Service
metadata: { name: legacy, namespace: shop }
spec: { type: ExternalName, externalName: legacy.example, ports: [{ name: http, port: 80 }] }
`;
    const { meshes, steps } = await plan(snapshotOf(shop, native, access));
    expect(meshes.map(({ mesh, isAssumed }) => [mesh.type, isAssumed])).toEqual([['istio', false]]);
    expect(steps.map(({ action, object }) => `${action} ${object.kind} ${object.name}`)).toEqual([
      'create AuthorizationPolicy reviews',
    ]);
  });
});
