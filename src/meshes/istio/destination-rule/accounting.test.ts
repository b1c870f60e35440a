import { expect, test } from 'vitest';
import { accountFor, type Json, overlay, treeWith } from '../../../../test/support/accounted.ts';
import { fieldsOf } from '../../../../test/support/fields.ts';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import { readKubernetes } from '../../../native/kubernetes/read-kubernetes.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { adapter } from '../adapter.ts';

/** A route to the subset whose fields are tried, so that they matter. */
const around = objectsFrom(`
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 7, name: http }, { port: 9, name: http-b }, { port: 80, name: http-c }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: v1 } }] }] }
`);

const read = (body: Readonly<Record<string, unknown>>) => {
  const metadata = { name: 'rule', namespace: 'shop' };
  const ref = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', ...metadata };
  const object = { ref, body: { apiVersion: ref.apiVersion, kind: ref.kind, metadata, ...body } };
  const snapshot = new Snapshot([...around, object]);
  const { inventory } = readKubernetes(snapshot);
  const { part, inventory: after } = adapter.read({ snapshot, inventory, meshes: [adapter.assume()], others: [] });
  return { result: [part, after], unread: snapshot.field(object).account(['spec']).unread };
};

/** What must stand beside a field for it to count. */
const companions: readonly [RegExp, Json][] = [
  [/outlierDetection\.consecutiveLocal/, { outlierDetection: { splitExternalLocalOriginErrors: true } }],
  [/(localityLb|zoneAwareLb)Setting/, { outlierDetection: {}, loadBalancer: {} }],
  [
    /localityLbSetting\.enabled/,
    { loadBalancer: { localityLbSetting: { distribute: [{ from: 'a', to: { b: 100 } }] } } },
  ],
  [/tls\.(?!mode|credentialName)/, { tls: { mode: 'MUTUAL' } }],
  [/tls\.credentialName/, { tls: { mode: 'SIMPLE' } }],
  [/httpCookie\./, { loadBalancer: { consistentHash: { httpCookie: { name: 'c' } } } }],
  [/consistentHash\.(maglev|ringHash|minimumRingSize)/, { loadBalancer: { consistentHash: { httpHeaderName: 'x' } } }],
  [/loadBalancer\.warmup\./, { loadBalancer: { warmup: { duration: '20s' } } }],
  [/tunnel\./, { tunnel: { targetHost: 'proxy.example', targetPort: 3128 } }],
];

const context = (path: string) => {
  const base = { spec: { host: 'web', subsets: [{ name: 'v1', labels: { version: 'v1' } }] } };
  const [block] = /^.*(?:trafficPolicy|portLevelSettings\[\])/.exec(path) ?? [];
  // A place that says for what or whom something is set matters when something is.
  const settled = { tls: { mode: 'SIMPLE' } };
  if (path === 'spec.subsets[].name') return overlay(base, treeWith('spec.subsets[].trafficPolicy', settled));
  if (block === undefined) return overlay(base, treeWith('spec.trafficPolicy', settled));
  const beside = companions.filter(([place]) => place.test(path)).map(([, more]) => more);
  if (path.endsWith('port.number')) beside.push(settled);
  if (block.endsWith('[]') && !path.endsWith('port.number')) beside.push({ port: { number: 80 } });
  return beside.reduce<Json>((tree, more) => overlay(tree, treeWith(block, more)), base);
};

test('every field of a DestinationRule makes a difference or is reported, and nine of ten make one', () => {
  const facts = fieldsOf('istio', 'DestinationRule').filter(({ path }) => path.startsWith('spec'));
  const { changing, reported, silent } = accountFor(facts, context, read);
  expect(silent).toEqual([]);
  expect(changing.length / facts.length).toBeGreaterThan(0.9);
  expect(new Set([...reported].map(([path, reason]) => `${path.split('.').at(-1)}: ${reason}`))).toMatchInlineSnapshot(`
    Set {
      "consecutiveErrors: the old name of consecutiveGatewayErrors; the proxy is no longer told",
      "budgetInterval: the proxy is not told; it looks at what is under way",
    }
  `);
});
