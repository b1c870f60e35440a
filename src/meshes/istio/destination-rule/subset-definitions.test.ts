import { expect, test } from 'vitest';
import { snapshotFrom } from '../../../../test/support/snapshot.ts';
import { assemble, type Model } from '../../../model/model.ts';
import type { Labels } from '../../../model/scope.ts';
import { readKubernetes } from '../../../native/kubernetes/read-kubernetes.ts';
import { adapter } from '../adapter.ts';
import { labelsByName, subsetsUsed } from './subset-definitions.ts';

const mesh = adapter.assume();

const modelOf = (yaml: string): Model => {
  const snapshot = snapshotFrom(yaml);
  const { inventory } = readKubernetes(snapshot);
  const { part, inventory: found } = adapter.read({ snapshot, inventory, meshes: [mesh], others: [] });
  return assemble(found, [part]);
};

const toCanary = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: basket, namespace: shop }
spec: { hosts: [basket], http: [{ route: [{ destination: { host: basket, subset: canary } }] }] }
---
`;

const rule = (namespace: string, labels: string | undefined, exportTo = '*', host = 'basket'): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${host === '*' ? 'all' : host}, namespace: ${namespace} }
spec:
  host: "${host}.shop.svc.cluster.local"
  exportTo: ["${exportTo}"]
  subsets: [${labels === undefined ? '' : `{ name: canary, labels: { ${labels} } }`}]
---
`;

/** What `canary` means to the clients of some namespaces, and the rules by which it was written for that. */
const afterWriting = (yaml: string) => {
  const model = modelOf(yaml);
  const { objects, expected } = adapter.write(model, { mesh, snapshot: snapshotFrom('') });
  const again = modelOf(objects.map(object => JSON.stringify(object)).join('\n---\n'));
  const meant = ({ frontends }: Model, namespace: string): Labels | 'unknown' | undefined => {
    const table = frontends.find(({ clients }) => clients.namespaces?.includes(namespace) ?? true);
    const target = table?.rules[0]?.action.target;
    const backend = target?.kind === 'forward' ? target.backends[0]?.backend : undefined;
    return backend?.kind === 'service' ? (backend.subset?.labels ?? 'unknown') : undefined;
  };
  const seen = (of: Model) => ['shop', 'tests', 'elsewhere', 'istio-system'].map(namespace => meant(of, namespace));
  expect(seen(again)).toEqual(seen(expected));
  return {
    seen: seen(again),
    rules: objects.flatMap(({ kind, metadata, spec }) =>
      kind === 'DestinationRule' ? [[metadata.namespace, (spec as { exportTo?: unknown }).exportTo]] : [],
    ),
  };
};

const canary = { track: 'canary' };

test('a subset that everyone knows is defined once, beside its service', () => {
  const { seen, rules } = afterWriting(toCanary + rule('shop', 'track: canary'));
  expect(seen).toEqual([canary, canary, canary, canary]);
  expect(rules).toEqual([['shop', undefined]]);
});

test('a subset that only the clients of one namespace know stays unknown to the others', () => {
  const { seen, rules } = afterWriting(toCanary + rule('tests', 'track: canary'));
  expect(seen).toEqual(['unknown', canary, 'unknown', 'unknown']);
  expect(rules).toEqual([['tests', ['.']]]);
  expect(afterWriting(toCanary + rule('shop', 'track: canary', 'tests')).seen).toEqual(seen);
});

test('clients whose own rule does not have the subset that all others know are left without it', () => {
  const { seen, rules } = afterWriting(toCanary + rule('shop', 'track: canary') + rule('tests', undefined));
  expect(seen).toEqual([canary, 'unknown', canary, canary]);
  expect(rules).toEqual([
    ['shop', undefined],
    ['tests', ['.']],
  ]);
});

test('where everyone else knows a subset, clients beside the service and in the root namespace can be left without', () => {
  const forTills = rule('shop', undefined).replace(
    'exportTo: ["*"]',
    'workloadSelector: { matchLabels: { app: till } }',
  );
  const own = forTills + rule('istio-system', undefined);
  const { seen } = afterWriting(toCanary + rule('shop', 'track: canary', '*', '*') + own);
  expect(seen).toEqual(['unknown', canary, canary, 'unknown']);
});

test('a gateway knows the subsets that are known where its pods are', () => {
  const edge = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: entry, namespace: shop }
spec: { hosts: [basket.shop.example], gateways: [edge], http: [{ route: [{ destination: { host: basket, subset: canary } }] }] }
---
`;
  const definitions = subsetsUsed(modelOf(toCanary + edge + rule('shop', 'track: canary', 'istio-system')));
  const known = ['shop', 'istio-system', undefined].map(namespace => labelsByName(definitions, namespace));
  expect(known.map(names => names.get('canary'))).toEqual([undefined, { track: 'canary' }, undefined]);
});
