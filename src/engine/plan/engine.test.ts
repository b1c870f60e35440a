import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../base/finding.ts';
import { policiesIn } from '../../compile/policy.ts';
import { type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { loadAdapters } from '../read.ts';
import { Engine } from './engine.ts';
import { readGround } from './ground.ts';
import { planMesh } from './mesh-plan.ts';
import { identityOf, identityOfManifest, isOwnedBy } from './ownership.ts';
import { plan } from './plan.ts';
import { divide } from './split.ts';
import { anEdit, anObject } from './testing/wishes.ts';
import { planUnit } from './unit-plan.ts';
import { unitsOf } from './units.ts';

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
        const { ground, wishes } = divide(snapshot, isOwnedBy('default'));
        const { targets } = await readGround(ground, assume);
        const policies = policiesIn(wishes).valid;
        for (const target of targets) {
          const [adapter] = await loadAdapters([target.mesh.type]);
          if (!adapter) throw new Error('no adapter');
          const inUnits = await planMesh({ adapter, target, snapshot, wishes, policies });
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
