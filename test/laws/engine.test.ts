import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/base/finding.ts';
import { policiesIn } from '../../src/compile/policy.ts';
import { Engine } from '../../src/engine/plan/engine.ts';
import { readGround } from '../../src/engine/plan/ground.ts';
import { planMesh } from '../../src/engine/plan/mesh-plan.ts';
import { identityOf, identityOfManifest, isOwnedBy } from '../../src/engine/plan/ownership.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import { divide } from '../../src/engine/plan/split.ts';
import { planUnit } from '../../src/engine/plan/unit-plan.ts';
import { unitsOf } from '../../src/engine/plan/units.ts';
import { loadAdapters } from '../../src/engine/read.ts';
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { anEdit, anObject } from '../support/wishes.ts';

const assume = [{ type: 'istio' }, { type: 'linkerd' }, { type: 'consul' }];

/** How often a law is tried; `npm run soak` raises it. */
const runs = Number(process.env.SUPERGLOO_RUNS ?? 15);
const seed = Number(process.env.SUPERGLOO_SEED ?? 6);

const asText = (value: unknown): string => JSON.stringify(value, null, 1);

const told = (findings: readonly Finding[] = []): readonly string[] =>
  findings.map(({ code, path, message }) => `${code} ${path} ${message}`);

describe('the engine', () => {
  it('has after any edits what a plan makes of the same objects (law 6)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anObject, { maxLength: 25 }),
        fc.array(anEdit, { maxLength: 8 }),
        async (start, edits) => {
          const engine = new Engine({ assume }, 'partial');
          const there = new Map<string, NativeObject>();
          const valid = new Map<string, NativeObject>();
          const put = (object: NativeObject): void => {
            const identity = identityOf(object.ref);
            engine.put(object);
            there.set(identity, object);
            if (policiesIn(new Snapshot([object])).valid.length > 0) valid.set(identity, object);
          };
          for (const object of start) put(object);
          for (const { put: object, remove = 0 } of [{}, ...edits] as typeof edits) {
            if (object) put(object);
            else if (there.size > 0) {
              const [identity, gone] = [...there][remove % there.size]!;
              engine.remove(gone.ref);
              there.delete(identity);
              valid.delete(identity);
            }
            await engine.settle();
            const lastValid = ({ ref }: NativeObject) => valid.get(identityOf(ref));
            const whole = await plan(new Snapshot([...there.values()]), { assume, lastValid });
            const kept = engine.planOf('');
            expect(asText(kept?.meshes.map(({ objects, status }) => ({ objects, status })) ?? [])).toEqual(
              asText(there.size === 0 && !kept ? [] : whole.meshes.map(({ objects, status }) => ({ objects, status }))),
            );
            expect(told(kept?.findings)).toEqual(told(kept && whole.findings));
          }
        },
      ),
      { numRuns: runs, seed },
    );
  });

  it('writes in units what it writes in one go', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anObject, { minLength: 5, maxLength: 40 }), async objects => {
        const snapshot = new Snapshot(objects);
        const { ground, estate, wishes } = divide(snapshot, isOwnedBy('default'));
        const { targets } = await readGround(ground, assume);
        const policies = policiesIn(wishes).valid;
        for (const target of targets) {
          const [adapter] = await loadAdapters([target.mesh.type]);
          if (!adapter) throw new Error('no adapter');
          const inUnits = await planMesh({ adapter, target, snapshot, estate, wishes, policies });
          const everywhere = [...new Set(snapshot.objects.map(({ ref }) => ref.namespace ?? ''))];
          const [whole, ...more] = unitsOf({ inventory: target.inventory, wishes, policies }, [everywhere]);
          expect(more).toEqual([]);
          const atOnce = whole ? (await planUnit(whole, { adapter, mesh: target.mesh, snapshot })).objects : [];
          const sorted = (list: typeof atOnce): string[] =>
            list.map(one => `${identityOfManifest(one)} ${asText(one)}`).sort();
          expect(sorted(inUnits.objects), objects.map(({ body }) => JSON.stringify(body)).join('\n')).toEqual(
            sorted(atOnce),
          );
        }
      }),
      { numRuns: runs, seed },
    );
  });
});
