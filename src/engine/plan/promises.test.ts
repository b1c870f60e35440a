import { describe, expect, it } from 'vitest';
import { objectOf } from '../../../test/support/wishes.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { Engine } from './engine.ts';
import { ownerLabel } from './ownership.ts';

const service = objectOf({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'reviews', namespace: 'shop' },
  spec: { selector: { app: 'reviews' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
});

const deployment = (replicas: number): NativeObject =>
  objectOf({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'reviews', namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'reviews' } },
      template: {
        metadata: { labels: { app: 'reviews' } },
        spec: { serviceAccountName: 'reviews', containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
      },
    },
  });

const policy = (spec: object): NativeObject =>
  objectOf({
    apiVersion: 'supergloo.dev/v1alpha1',
    kind: 'AccessPolicy',
    metadata: { name: 'reviews', namespace: 'shop' },
    spec: { targetRefs: [{ kind: 'Service', name: 'reviews' }], ...spec },
  });

const allowed = policy({ rules: [{ from: [{ namespace: 'shop' }] }] });

const startedFor = async (type: string, ...objects: NativeObject[]): Promise<Engine> => {
  const engine = new Engine({ assume: [{ type }] });
  for (const object of [service, deployment(2), ...objects]) engine.put(object);
  await engine.settle();
  return engine;
};

const started = (...objects: NativeObject[]): Promise<Engine> => startedFor('istio', ...objects);

const stepsOf = (engine: Engine): readonly string[] =>
  engine
    .planOf('')
    ?.steps.map(({ action, object, refused }) => `${action} ${object.kind}${refused ? ' (not done)' : ''}`) ?? [];

/** What is written, as if it had been applied. */
const applied = (engine: Engine): readonly NativeObject[] =>
  engine.planOf('')?.steps.flatMap(({ after }) => (after ? objectOf(after as never) : [])) ?? [];

describe('what is written', () => {
  it('stays when a workload is scaled to nothing', async () => {
    const engine = await started(allowed);
    engine.put(deployment(0));
    expect(await engine.settle()).toEqual([]);
  });

  it('stays while the policy that wants it is not valid, and follows it when it is again', async () => {
    const engine = await started(allowed);
    engine.put(policy({ rules: [{ frm: [] }] }));
    expect(await engine.settle()).toEqual([]);
    expect(engine.planOf('')?.findings.map(({ code, path }) => [code, path])).toEqual([
      ['API002', 'spec.rules[0].frm'],
    ]);
    engine.put(policy({ action: 'Deny', rules: [{}] }));
    const [change] = await engine.settle();
    expect(change?.written.map(({ kind }) => kind)).toEqual(['AuthorizationPolicy']);
  });

  it('stays where nobody knows what an invalid policy said before', async () => {
    const before = await started(allowed);
    const engine = await started(...applied(before), policy({ rules: 'everyone' }));
    expect(stepsOf(engine)).toEqual(['delete AuthorizationPolicy (not done)']);
  });

  it('follows an object of the user that a mesh needs a word on, and that says something else now', async () => {
    const engine = await startedFor('linkerd', allowed);
    const replicas = (objects: readonly object[]): readonly unknown[] =>
      objects.flatMap(object => {
        const { kind, spec } = object as { kind: string; spec: { replicas: number } };
        return kind === 'Deployment' ? spec.replicas : [];
      });
    expect(replicas(engine.planOf('')?.meshes[0]?.objects ?? [])).toEqual([2]);
    engine.put(deployment(0));
    const [change] = await engine.settle();
    expect(replicas(change?.written ?? [])).toEqual([0]);
  });

  it('follows what the mesh itself is told', async () => {
    const config = (root: string): NativeObject =>
      objectOf({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'istio', namespace: 'istio-system' },
        data: { mesh: `rootNamespace: ${root}\n` },
      });
    const everywhere = objectOf({
      apiVersion: 'supergloo.dev/v1alpha1',
      kind: 'AccessPolicy',
      metadata: { name: 'nobody-deletes', namespace: 'supergloo-system' },
      spec: {
        targetRefs: [{ kind: 'Mesh', name: 'istio' }],
        action: 'Deny',
        rules: [{ to: [{ methods: ['DELETE'] }] }],
      },
    });
    const engine = await started(config('istio-system'), everywhere);
    engine.put(config('roots'));
    const [change] = await engine.settle();
    expect(change?.written.map(({ metadata }) => metadata.namespace)).toEqual(['roots']);
    expect(change?.gone.map(({ namespace }) => namespace)).toEqual(['istio-system']);
  });

  it('is not written again where nothing changed', async () => {
    const engine = await started(allowed);
    engine.put(policy({ rules: [{ from: [{ namespace: 'shop' }] }] }));
    expect(await engine.settle()).toEqual([]);
    engine.put(
      objectOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any', namespace: 'shop' }, data: {} }),
    );
    expect(await engine.settle()).toEqual([]);
    const again = await started(allowed, ...applied(engine));
    expect(stepsOf(again)).toEqual(['keep AuthorizationPolicy']);
  });

  it('goes with the policy, and nothing else does', async () => {
    const engine = await started(allowed);
    const [ours] = applied(engine);
    const theirs = objectOf({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'theirs', namespace: 'shop' },
      spec: { action: 'DENY', rules: [{}] },
    });
    const another = objectOf({
      ...(ours?.body as object),
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: {
        name: 'of-another',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'supergloo', [ownerLabel]: 'another' },
      },
    });
    const then = await started(ours!, theirs, another);
    expect(stepsOf(then)).toEqual(['delete AuthorizationPolicy']);
    expect(then.planOf('')?.steps[0]?.object.name).toBe('reviews');
  });

  it('never takes the place of what somebody else wrote under that name', async () => {
    const theirs = objectOf({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'reviews', namespace: 'shop' },
      spec: { action: 'DENY', rules: [{}] },
    });
    const engine = await started(allowed, theirs);
    expect(engine.planOf('')?.steps.map(({ action, object }) => `${action} ${object.name}`)).toEqual([
      'create reviews-supergloo',
    ]);
  });
});
