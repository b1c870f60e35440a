/** Nothing that a user can write ends in an exception; what is not valid is told, and has no effect. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crdOf } from '../../src/api/crd.ts';
import { apiVersion } from '../../src/api/kind.ts';
import { apiKinds } from '../../src/api/kinds/kinds.ts';
import { readApiObject } from '../../src/api/read-object.ts';
import { statusesAfter } from '../../src/engine/apply/status.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { worldObjects } from '../laws/world.ts';
import { fitsSchema } from '../support/api/json-schema.ts';
import { strangeObject } from '../support/api/strange.ts';
import { runs, seed } from '../support/runs.ts';

/** That of the status, which is the same for all kinds. */
const statusSchema = apiKinds.map(kind => JSON.parse(JSON.stringify(crdOf(kind))))[0].spec.versions[0].schema
  .openAPIV3Schema.properties.status;

/** In a soak of 300 samples of each law 100,000 of these, which is what is promised. */
const each = process.env.SUPERGLOO_RUNS === undefined ? 1 : 334;

const options = (usual: number) => ({ seed: seed(7), numRuns: runs(usual) * each, endOnFailure: true });

describe('whatever stands in an object of the API', () => {
  it('is read or told', () => {
    fc.assert(
      fc.property(strangeObject, object => {
        const { spec, findings } = readApiObject(object);
        expect(spec === undefined).toBe(findings.some(({ severity }) => severity === 'error'));
      }),
      options(300),
    );
  });

  it('becomes a plan, which deletes nothing, and a status that an API server takes', async () => {
    const types = fc.constantFrom('istio', 'linkerd', 'consul', 'gateway-api');
    await fc.assert(
      fc.asyncProperty(types, fc.array(strangeObject, { minLength: 1, maxLength: 6 }), async (type, objects) => {
        const made = await plan(new Snapshot([...worldObjects, ...objects]), { assume: [{ type }] });
        expect(made.steps.filter(({ action }) => action === 'delete')).toEqual([]);
        for (const { status } of statusesAfter(made, objects, '2026-01-01T00:00:00Z'))
          expect(fitsSchema(statusSchema, JSON.parse(JSON.stringify(status))), JSON.stringify(status)).toBe(true);
      }),
      options(40),
    );
  });

  const policy = (kind: string, spec: unknown): NativeObject => ({
    ref: { apiVersion, kind, namespace: 'shop', name: 'reviews' },
    body: { apiVersion, kind, metadata: { namespace: 'shop', name: 'reviews' }, spec },
  });
  const targetRefs = [{ kind: 'Service', name: 'reviews' }];
  const valid = [
    policy('TrafficPolicy', { targetRefs, timeouts: { request: '2s' } }),
    policy('AccessPolicy', { targetRefs, rules: [{ from: [{ serviceAccount: { name: 'web' } }] }] }),
  ];

  /** What is written of the valid policies, as it stands there afterwards. */
  const written = async (type: string): Promise<readonly NativeObject[]> => {
    const { steps } = await plan(new Snapshot([...worldObjects, ...valid]), { assume: [{ type }] });
    return steps.flatMap(({ object: ref, after, refused }) => (after && !refused ? [{ ref, body: after }] : []));
  };

  it('leaves what was written as it is while it is not valid', async () => {
    const types = ['istio', 'linkerd', 'consul'];
    const there = new Map(await Promise.all(types.map(async type => [type, await written(type)] as const)));
    const strange = fc.tuple(fc.constantFrom(...types), fc.nat(valid.length - 1), strangeObject);
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(strange, async ([type, which, { body }]) => {
        const edited = valid.map((one, index) => (index === which ? policy(one.ref.kind, body.spec) : one));
        if (readApiObject(edited[which]!).spec !== undefined) return;
        const outputs = there.get(type) ?? [];
        const snapshot = new Snapshot([...worldObjects, ...edited, ...outputs]);
        const forgotten = await plan(snapshot, { assume: [{ type }] });
        const done = forgotten.steps.filter(({ action, refused }) => action !== 'keep' && !refused);
        expect(done.filter(({ action }) => action !== 'create')).toEqual([]);
        const lastValid = ({ ref }: NativeObject) => valid.find(one => one.ref.kind === ref.kind);
        const remembered = await plan(snapshot, { assume: [{ type }], lastValid });
        expect(remembered.steps.filter(({ action, refused }) => action !== 'keep' && !refused)).toEqual([]);
        kept += outputs.length;
      }),
      options(40),
    );
    expect(kept).toBeGreaterThan(0);
  });
});
