import { describe, expect, it } from 'vitest';
import { snapshotFrom } from '../../../test/support/snapshot.ts';
import { readKubernetes } from '../../native/kubernetes/read-kubernetes.ts';
import { adapter } from './adapter.ts';
import { joinMembers } from './membership.ts';

interface Shape {
  readonly namespace?: string;
  readonly labels?: string;
  readonly annotations?: string;
  readonly spec?: string;
  readonly containers?: string;
  readonly pod?: string;
  readonly more?: string;
}

/** One Deployment, in a namespace with the given labels; with a running pod, if one is described. */
const join = (shape: Shape, extent: 'whole' | 'partial' = 'partial') => {
  const {
    namespace,
    labels = '{}',
    annotations = '{}',
    spec = '',
    containers = '[{ name: app }]',
    pod,
    more = '',
  } = shape;
  const yaml = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { metadata: { labels: ${labels}, annotations: ${annotations} }, spec: { ${spec} containers: ${containers} } } }
---
${namespace === undefined ? '' : `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${namespace} }`}
---
${pod ?? ''}
---
${more}
`;
  const snapshot = snapshotFrom(yaml, extent);
  const { inventory, findings } = joinMembers(readKubernetes(snapshot).inventory, snapshot, adapter.assume());
  const [workload] = inventory.workloads;
  return {
    membership: workload?.memberships.map(({ mode, certainty }) => `${mode} ${certainty}`).join(),
    evidence: workload?.memberships.flatMap(({ evidence }) => evidence.map(({ says }) => says)).join('; '),
    codes: findings.map(({ code }) => code),
  };
};

const pod = (name: string, containers: string, annotations = '{}') => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  annotations: ${annotations}
  ownerReferences: [{ kind: ReplicaSet, name: web-5d8f, controller: true }]
  labels: { pod-template-hash: 5d8f }
spec: { ${containers} }
status: { phase: Running }
`;

const webhook = (name: string, labels: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: ${name}, labels: ${labels} }
`;

describe('who is in the mesh by what labels ask for', () => {
  it.each<[string, Shape, string]>([
    ['nothing is known of the namespace', {}, 'sidecar assumed'],
    ['a namespace without a label', { namespace: '{}' }, ''],
    ['istio-injection: enabled', { namespace: '{ istio-injection: enabled }' }, 'sidecar requested'],
    [
      'istio-injection: disabled',
      { namespace: '{ istio-injection: disabled }', labels: '{ sidecar.istio.io/inject: "true" }' },
      '',
    ],
    ['istio.io/rev on the namespace', { namespace: '{ istio.io/rev: stable }' }, 'sidecar requested'],
    ['istio.io/rev on the pods', { namespace: '{}', labels: '{ istio.io/rev: stable }' }, 'sidecar requested'],
    [
      'sidecar.istio.io/inject: true',
      { namespace: '{}', labels: '{ sidecar.istio.io/inject: "true" }' },
      'sidecar requested',
    ],
    [
      'the annotation alone does not call the injector',
      { namespace: '{}', annotations: '{ sidecar.istio.io/inject: "true" }' },
      '',
    ],
    [
      'a pod that opts out',
      { namespace: '{ istio-injection: enabled }', labels: '{ sidecar.istio.io/inject: "false" }' },
      '',
    ],
    [
      'the label goes before the annotation',
      {
        namespace: '{ istio-injection: enabled }',
        labels: '{ sidecar.istio.io/inject: "true" }',
        annotations: '{ sidecar.istio.io/inject: "false" }',
      },
      'sidecar requested',
    ],
    [
      'pods on the network of their node',
      { namespace: '{ istio-injection: enabled }', spec: 'hostNetwork: true,' },
      '',
    ],
    ['ambient by namespace', { namespace: '{ istio.io/dataplane-mode: ambient }' }, 'ambient requested'],
    [
      'a pod that opts out of ambient',
      { namespace: '{ istio.io/dataplane-mode: ambient }', labels: '{ istio.io/dataplane-mode: none }' },
      '',
    ],
    [
      'injection goes before ambient',
      { namespace: '{ istio-injection: enabled, istio.io/dataplane-mode: ambient }' },
      'sidecar requested',
    ],
    [
      'a gateway by its template',
      { namespace: '{ istio-injection: enabled }', annotations: '{ inject.istio.io/templates: gateway }' },
      'gateway requested',
    ],
    [
      'proxyless gRPC',
      { namespace: '{ istio-injection: enabled }', annotations: '{ inject.istio.io/templates: grpc-agent }' },
      'proxyless requested',
    ],
  ])('%s', (_, shape, expected) => {
    expect(join(shape).membership).toBe(expected);
  });
});

describe('who is in the mesh by what runs', () => {
  const proxy = 'containers: [{ name: app }, { name: istio-proxy }]';
  const plain = 'containers: [{ name: app }]';

  it('counts alone', () => {
    expect(join({ namespace: '{}', pod: pod('web-5d8f-a', proxy) })).toMatchObject({ membership: 'sidecar running' });
    expect(join({ containers: '[{ name: app }, { name: istio-proxy }]' })).toMatchObject({
      membership: 'sidecar running',
    });
  });

  it('sees a native sidecar, which is a container that starts first', () => {
    const native = 'initContainers: [{ name: istio-proxy, restartPolicy: Always }], containers: [{ name: app }]';
    expect(join({ pod: pod('web-5d8f-a', native) }).membership).toBe('sidecar running');
  });

  it('finds pods that were not restarted, and says so', () => {
    const asked = join({ namespace: '{ istio-injection: enabled }', pod: pod('web-5d8f-a', plain) });
    expect(asked).toMatchObject({ membership: '', codes: ['ISTIO112'] });
    const some = `${pod('web-5d8f-a', plain)}---${pod('web-5d8f-b', proxy)}`;
    expect(join({ pod: some })).toMatchObject({
      membership: 'sidecar running',
      evidence: 'container istio-proxy in 1 of 2 pods',
    });
  });

  it('knows ambient by the redirection of the pod', () => {
    const redirected = (state: string) =>
      join({ namespace: '{}', pod: pod('web-5d8f-a', plain, `{ ambient.istio.io/redirection: ${state} }`) }).membership;
    expect(redirected('enabled')).toBe('ambient running');
    expect(redirected('pending')).toBe('');
  });

  it('knows a gateway by its labels, or by a Gateway that picks a lone proxy', () => {
    const alone = '[{ name: istio-proxy }]';
    expect(join({ containers: alone, labels: '{ istio: ingressgateway }' }).membership).toBe('gateway running');
    const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: g, namespace: other }
spec: { selector: { app: edge } }
`;
    expect(join({ containers: alone, labels: '{ app: edge }', more: gateway }).membership).toBe('gateway running');
    expect(join({ containers: alone, labels: '{ app: edge }' }).membership).toBe('sidecar running');
  });
});

describe('revisions', () => {
  const stable = webhook('istio-revision-tag-stable', '{ istio.io/rev: 1-30, istio.io/tag: stable }');
  const revision = webhook('istio-sidecar-injector-1-30', '{ istio.io/rev: 1-30 }');

  it('are meant by their names and by tags', () => {
    const by = (name: string) =>
      join({ namespace: `{ istio.io/rev: ${name} }`, more: `${stable}---${revision}` }, 'whole');
    expect(by('1-30').evidence).toBe('namespace shop has label istio.io/rev: 1-30');
    expect(by('stable').evidence).toBe('namespace shop has label istio.io/rev: stable, a tag of revision 1-30');
    expect(by('canary')).toMatchObject({ membership: '', codes: ['ISTIO111'] });
  });

  it('leave out the default one where it is not installed', () => {
    const asked = { namespace: '{ istio-injection: enabled }' };
    expect(join({ ...asked, more: revision }, 'whole').membership).toBe('');
    expect(
      join({ ...asked, more: webhook('istio-sidecar-injector', '{ istio.io/rev: default }') }, 'whole').membership,
    ).toBe('sidecar requested');
  });
});

describe('whether Istio is there', () => {
  const detected = (yaml: string) => {
    const snapshot = snapshotFrom(yaml);
    return adapter.detect(snapshot, readKubernetes(snapshot).inventory);
  };
  const istiod = (name: string, image: string, revision: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: istio-system, labels: { istio.io/rev: ${revision} } }
spec: { template: { spec: { containers: [{ name: discovery, image: "${image}" }] } } }
`;

  it('is told by the control plane, whose revisions are one mesh', () => {
    const two = `${istiod('istiod', 'docker.io/istio/pilot:1.29.1', 'default')}---${istiod('istiod-1-30', 'registry.example:5000/istio/pilot:1.30.0-distroless@sha256:aa', '1-30')}`;
    const [mesh, ...more] = detected(two);
    expect(more).toEqual([]);
    expect(mesh).toMatchObject({ id: 'istio/istio-system', version: '1.29.1' });
    expect(mesh?.evidence.map(({ says }) => says)).toEqual([
      'Deployment istio-system/istiod (revision default, version 1.29.1)',
      'Deployment istio-system/istiod-1-30 (revision 1-30, version 1.30.0-distroless)',
    ]);
  });

  it('is told by what a remote control plane leaves', () => {
    expect(detected(webhook('istio-sidecar-injector', '{ istio.io/rev: default }'))).toHaveLength(1);
    expect(detected('{ apiVersion: sailoperator.io/v1, kind: Istio, metadata: { name: default } }')).toHaveLength(1);
  });

  it('is assumed where its kinds are used, and not because of CRDs', () => {
    const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: gateways.networking.istio.io }
`;
    expect(detected(crd)).toEqual([]);
    const [mesh] = detected(
      '{ apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: { name: s, namespace: a } }',
    );
    expect(mesh?.evidence[0]?.says).toMatch(/no control plane in the input/);
  });
});
