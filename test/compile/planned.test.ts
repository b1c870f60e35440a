/** What a plan writes for each mesh, read again, does what was wished, up to what its ledger says is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Adapter, Manifest } from '../../src/adapter/adapter.ts';
import type { Disposition } from '../../src/adapter/disposition.ts';
import { toYamlStream } from '../../src/base/yaml.ts';
import type { MeshPlan } from '../../src/engine/plan/mesh-plan.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import type { Model } from '../../src/model/model.ts';
import { type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import type { ServiceComparison } from '../../src/verify/compare/comparison.ts';
import { adapters, readBack } from '../laws/adapters.ts';
import { differences, told } from '../laws/behaviour.ts';
import { worldObjects } from '../laws/world.ts';
import { accessPolicies, apiObject, policySets, trafficFields } from '../support/api/policies.ts';
import { runs, seed } from '../support/runs.ts';

const planned = async (type: string, objects: readonly NativeObject[]): Promise<MeshPlan> => {
  const { meshes } = await plan(new Snapshot([...worldObjects, ...objects]), { assume: [{ type }] });
  const one = meshes.find(({ mesh }) => mesh.type === type);
  if (!one) throw new Error(`no plan for ${type}`);
  return one;
};

const check = async (
  arbitrary: fc.Arbitrary<readonly NativeObject[]>,
  usual: number,
  broken: (objects: readonly NativeObject[]) => Promise<string | undefined>,
): Promise<void> => {
  const property = fc.asyncProperty(arbitrary, async objects => {
    const wrong = await broken(objects);
    if (wrong !== undefined)
      throw new Error(
        `${wrong}\n\nWished for:\n${toYamlStream(objects.map(({ body }) => body as unknown as Manifest))}`,
      );
  });
  await fc.assert(property, {
    seed: seed(13),
    numRuns: runs(usual),
    endOnFailure: process.env.SUPERGLOO_SHRINK === 'no',
  });
};

/** The wish at proxies that read ports as those of the mesh do. */
const wishedOf = ({ wished, expected }: MeshPlan): Model => ({
  ...wished,
  inventory: { ...wished.inventory, services: expected.inventory.services },
});

/** What differs; spellings of the Host that a comparison cannot decide are its own matter (docs/verify.md). */
const found = (a: Model, b: Model): readonly ServiceComparison[] =>
  differences(a, b).filter(({ verdict, reason = '' }) => verdict !== 'undecided' || !reason.includes('about its host'));

const isSecurityLoss = ({ loss }: Disposition): boolean => loss?.severity === 'security' && loss.effect === 'differs';
const differs = ({ loss, leaf }: Disposition): boolean => loss?.effect === 'differs' && !leaf.startsWith('data plane.');

/** What differs by itself between the mesh as it is wished and as it is read, when nobody wishes for anything. */
const usualOf = async (adapter: Adapter): Promise<ReadonlySet<string>> => {
  const bare = await planned(adapter.id, []);
  return new Set(
    found(wishedOf(bare), readBack(adapter, bare.objects).model).map(
      ({ service, port, aspect }) => `${service} ${port} ${aspect}`,
    ),
  );
};

describe.each(adapters.map(adapter => [adapter.id, adapter] as const))('what is planned for %s', (type, adapter) => {
  it('does what the writer believes', () =>
    check(policySets(type), 7, async objects => {
      const { expected, objects: written } = await planned(type, objects);
      const wrong = found(expected, readBack(adapter, written).model);
      return wrong.length === 0 ? undefined : [...wrong.map(told), '', toYamlStream(written)].join('\n');
    }));

  it('lets in nobody who is not wished for, without saying so', () =>
    check(fc.array(accessPolicies(type), { minLength: 1, maxLength: 3 }).map(uniquely), 10, async objects => {
      const one = await planned(type, objects);
      const { objects: written, dispositions } = one;
      if (dispositions.some(isSecurityLoss)) return undefined;
      const wrong = found(wishedOf(one), readBack(adapter, written).model).filter(
        ({ aspect, verdict }) => verdict === 'looser' || (aspect === 'access' && verdict === 'different'),
      );
      return wrong.length === 0 ? undefined : [...wrong.map(told), '', toYamlStream(written)].join('\n');
    }));

  it('is what a field says that is said to be applied', async () => {
    const usual = await usualOf(adapter);
    let compared = 0;
    for (const [name, arbitrary] of Object.entries(trafficFields)) {
      const sets = (arbitrary as fc.Arbitrary<unknown>).map(value => [
        apiObject('TrafficPolicy', 'a', 'shop', { targetRefs: [{ kind: 'Service', name: 'reviews' }], [name]: value }),
      ]);
      await check(sets, 2, async objects => {
        const one = await planned(type, objects);
        const { objects: written, dispositions, status } = one;
        const result = status.find(({ object }) => object.name === 'a')?.result;
        if (result !== 'applied') return undefined;
        const lost = dispositions.filter(differs).filter(({ source }) => source?.object.name === 'a');
        if (lost.length > 0) return `it is said to be applied, and ${lost[0]?.leaf} is lost`;
        // How a mesh sends by itself differs, and is told at the mesh.
        if (dispositions.some(differs)) return undefined;
        compared += 1;
        const wrong = found(wishedOf(one), readBack(adapter, written).model).filter(
          ({ service, port, aspect }) => !usual.has(`${service} ${port} ${aspect}`),
        );
        return wrong.length === 0 ? undefined : [...wrong.map(told), '', toYamlStream(written)].join('\n');
      });
    }
    expect(compared).toBeGreaterThan(0);
  });

  it('tells what becomes of each field, in the status or as a finding', () =>
    check(policySets(type, 2), 5, async objects => {
      const snapshot = new Snapshot([...worldObjects, ...objects]);
      const { meshes, findings } = await plan(snapshot, { assume: [{ type }] });
      const status = meshes.flatMap(one => one.status);
      const silent = objects.flatMap(({ ref, body }) => {
        const own = status.find(
          ({ object }) => object.kind === ref.kind && object.name === ref.name && object.namespace === ref.namespace,
        );
        const places = [
          ...(own?.fields ?? []).map(({ path }) => path),
          ...findings.flatMap(({ subject, path = '' }) =>
            subject?.kind === ref.kind && subject.name === ref.name && subject.namespace === ref.namespace
              ? [path]
              : [],
          ),
        ];
        const spec = body.spec as Record<string, unknown>;
        const whole = places.some(place => place === 'spec' || place.startsWith('spec.targetRefs'));
        return Object.keys(spec)
          .filter(key => !['targetRefs', 'type', 'action'].includes(key) && JSON.stringify(spec[key]) !== '{}')
          .filter(
            key =>
              !places.some(
                place =>
                  place === `spec.${key}` || place.startsWith(`spec.${key}.`) || place.startsWith(`spec.${key}[`),
              ),
          )
          .filter(() => !whole)
          .map(key => `${ref.kind} ${ref.name} spec.${key}`);
      });
      return silent.length === 0 ? undefined : `Nobody tells of ${silent.join(', ')}`;
    }));
});

function uniquely(objects: readonly NativeObject[]): readonly NativeObject[] {
  return [...new Map(objects.map(object => [`${object.ref.namespace}/${object.ref.name}`, object])).values()];
}
