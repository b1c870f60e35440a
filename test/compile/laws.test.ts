/** Laws of compiling, on random policies. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readApiObject } from '../../src/api/read-object.ts';
import { proxyDefault } from '../../src/base/source.ts';
import type { Model } from '../../src/model/model.ts';
import type { NativeObject } from '../../src/native/snapshot.ts';
import { compare } from '../../src/verify/compare/compare.ts';
import type { Aspect, Verdict } from '../../src/verify/compare/comparison.ts';
import { worldOf } from '../../src/verify/request.ts';
import { mesh as anyMesh } from '../../src/verify/testing/model-builder.ts';
import { plainText } from '../laws/reading.ts';
import { shuffled } from '../laws/shuffled.ts';
import { compiledFrom } from '../support/api/compiled.ts';
import { accessPolicies, apiObject, policySets } from '../support/api/policies.ts';
import { withValueAt } from '../support/api/values.ts';
import { runs, seed } from '../support/runs.ts';

const options = (usual: number) => ({ seed: seed(11), numRuns: runs(usual) });
const open = anyMesh();
const closed = anyMesh({ defaults: { ...open.defaults, access: proxyDefault('deny') } });

it('random policies are valid', () => {
  fc.assert(
    fc.property(policySets('test'), objects => {
      for (const object of objects) expect(readApiObject(object).findings).toEqual([]);
    }),
    options(40),
  );
});

it('the order of the input does not matter', () => {
  fc.assert(
    fc.property(policySets('test'), fc.nat(), (objects, order) => {
      const [a, b] = [objects, shuffled(objects, order)].map(all => {
        const { model, findings, overruled } = compiledFrom(all);
        return plainText({ model, findings, overruled: overruled.map(({ field, by }) => [field.path, by.path]) });
      });
      expect(b).toBe(a);
    }),
    options(40),
  );
});

type Path = readonly (string | number)[];

const leavesIn = (value: unknown): readonly Path[] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, part]) =>
        leavesIn(part).map(path => [Array.isArray(value) ? Number(key) : key, ...path]),
      )
    : [[]];

/** What else may stand in place of a value, so that the object is valid still. */
const others = (value: unknown): readonly unknown[] => {
  if (typeof value === 'number') return [value + 1, value - 1];
  if (typeof value === 'boolean') return [!value];
  if (typeof value !== 'string') return [];
  return [
    '3s',
    '/other',
    'other',
    'OTHER',
    '10.9.0.0/16',
    'fd01::/16',
    'spiffe://a.example/b',
    'https://o.example',
    'Deny',
    'Allow',
    'RoundRobin',
    'Exact',
    'Prefix',
    '5xx',
    'reset',
    'Permissive',
    'Strict',
    'v9',
    'Random',
  ].filter(other => other !== value);
};

const pathText = (path: Path): string =>
  path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${step}`), 'spec');

/** Explanations use it, and nothing goes by it. */
const isName = (path: Path): boolean => /^spec\.(rules|split)\[\d+\]\.name$/.test(pathText(path));

it('no field is silent: another value means something else, or it is told that it means nothing', () => {
  let tried = 0;
  fc.assert(
    fc.property(policySets('test', 2), objects => {
      const compiled = compiledFrom(objects);
      const [before] = [plainText(compiled.model)];
      const told = [
        ...compiled.findings.flatMap(({ subject, path = '' }) =>
          // With where a copy goes, the copy is told.
          subject ? [`${subject.kind} ${subject.namespace}/${subject.name} ${path.replace(/\.backendRef$/, '')}`] : [],
        ),
        ...compiled.overruled.map(
          ({ field: { object, path } }) => `${object.kind} ${object.namespace}/${object.name} ${path}`,
        ),
      ];
      for (const [index, object] of objects.entries()) {
        const { spec } = object.body as { spec: Record<string, unknown> };
        for (const path of leavesIn(spec)) {
          if (path[0] === 'targetRefs' || path[0] === 'type' || isName(path)) continue;
          const value = path.reduce<unknown>((part, step) => (part as Record<string | number, unknown>)[step], spec);
          const where = `${object.ref.kind} ${object.ref.namespace}/${object.ref.name} ${pathText(path)}`;
          if (told.some(place => where === place || where.startsWith(`${place}.`) || where.startsWith(`${place}[`)))
            continue;
          const changed = others(value)
            .map(
              other =>
                ({ ...object, body: { ...object.body, spec: withValueAt(spec, path, () => other) } }) as NativeObject,
            )
            .find(other => readApiObject(other).findings.length === 0);
          if (!changed) continue;
          tried += 1;
          const after = compiledFrom(objects.map((one, at) => (at === index ? changed : one)));
          const isSilent = plainText(after.model) === before && after.findings.length === compiled.findings.length;
          expect(isSilent, `${where}: ${JSON.stringify(value)} may be ${JSON.stringify(changed.body.spec)}`).toBe(
            false,
          );
        }
      }
    }),
    options(20),
  );
  expect(tried).toBeGreaterThan(100);
});

const accessOf = (a: Model, b: Model, aspect: Aspect = 'access'): readonly { service: string; verdict: Verdict }[] =>
  compare(worldOf(a), worldOf(b), { perTarget: 2000 })
    .services.filter(one => one.aspect === aspect)
    .map(({ service, verdict }) => ({ service, verdict }));

/** What cannot be decided about spellings of the Host is no fault of a policy. */
const isNoLooser = (verdict: Verdict): boolean => verdict !== 'looser' && verdict !== 'different';

const modelOf = (objects: readonly NativeObject[], mesh = open): Model => compiledFrom(objects, { mesh }).model;
const actionOf = ({ body }: NativeObject): unknown => (body.spec as { action?: unknown }).action;
const renamed = (object: NativeObject, name: string): NativeObject =>
  apiObject('AccessPolicy', name, object.ref.namespace, object.body.spec as Record<string, unknown>);

const withoutTokens = (object: NativeObject): NativeObject => {
  const { tokens: _, ...spec } = object.body.spec as Record<string, unknown>;
  return apiObject('AccessPolicy', object.ref.name, object.ref.namespace, spec);
};

const some = fc.array(accessPolicies('test').map(withoutTokens), { maxLength: 2 });
const one = accessPolicies('test').map(withoutTokens);

describe('an access policy more', () => {
  it.each([
    ['everybody', open],
    ['nobody', closed],
  ])('that denies lets in nobody new, where %s gets in by default', (_, mesh) => {
    fc.assert(
      fc.property(some, one, (before, policy) => {
        fc.pre(actionOf(policy) === 'Deny');
        const found = accessOf(modelOf(before, mesh), modelOf([...before, renamed(policy, 'more')], mesh));
        expect(found.filter(({ verdict }) => !isNoLooser(verdict))).toEqual([]);
      }),
      options(8),
    );
  });

  it('that allows lets in nobody new where no other allows, and everybody gets in by default', () => {
    fc.assert(
      fc.property(some, one, (all, policy) => {
        fc.pre(actionOf(policy) === 'Allow');
        const before = all.filter(other => actionOf(other) === 'Deny');
        const found = accessOf(modelOf(before), modelOf([...before, renamed(policy, 'more')]));
        expect(found.filter(({ verdict }) => !isNoLooser(verdict))).toEqual([]);
      }),
      options(8),
    );
  });

  it('that allows nobody closes, whatever the default; a denial of everything wins over all', () => {
    fc.assert(
      fc.property(some, others => {
        const everything = { targetRefs: [{ kind: 'Mesh', name: 'test' }], action: 'Deny', rules: [{}] };
        const deny = apiObject('AccessPolicy', 'all', 'supergloo-system', everything);
        const alone = modelOf([deny]);
        const found = accessOf(alone, modelOf([deny, ...others]));
        expect(found.filter(({ verdict }) => verdict !== 'equal' && verdict !== 'undecided')).toEqual([]);
      }),
      options(8),
    );
  });

  it('for more than a Service is for that Service what it was', () => {
    fc.assert(
      fc.property(one, some, fc.constantFrom('Namespace', 'Mesh'), (policy, before, wider) => {
        const said = policy.body.spec as Record<string, unknown>;
        const narrow = { ...said, targetRefs: [{ kind: 'Service', name: 'reviews' }] };
        const wide = { ...said, targetRefs: [{ kind: wider, name: wider === 'Mesh' ? 'test' : 'shop' }] };
        // Callers without a namespace are of the policy's own.
        fc.pre(wider === 'Namespace' || !/"serviceAccount":\{"name":"\w+"\}/.test(JSON.stringify(said)));
        const place = wider === 'Mesh' ? 'supergloo-system' : 'shop';
        const a = modelOf([...before, apiObject('AccessPolicy', 'more', 'shop', narrow)]);
        const b = modelOf([...before, apiObject('AccessPolicy', 'more', place, wide)]);
        const found = accessOf(a, b).filter(({ service }) => service === 'shop/reviews');
        expect(found.filter(({ verdict }) => !isNoLooser(verdict))).toEqual([]);
      }),
      options(8),
    );
  });
});

describe('a Mesh object', () => {
  const stance = (value: string): NativeObject =>
    apiObject('Mesh', 'test', undefined, { type: 'test', access: { default: value } });

  it.each(['Allow', 'Deny'])('that says %s makes a mesh that does so, whatever it did before', value => {
    const [a, b] = [open, closed].map(mesh => modelOf([stance(value)], mesh));
    if (a && b) expect(accessOf(a, b).filter(({ verdict }) => verdict !== 'equal')).toEqual([]);
    const wanted = modelOf([], value === 'Allow' ? open : closed);
    if (a) expect(accessOf(wanted, a).filter(({ verdict }) => verdict !== 'equal')).toEqual([]);
  });
});

it('what is left out of a field is as the mesh has it', () => {
  const mesh = anyMesh({
    defaults: {
      ...open.defaults,
      timeouts: { request: proxyDefault(15_000) },
      connectionLimits: { maxConnections: proxyDefault(7) },
    },
  });
  const spec = {
    targetRefs: [{ kind: 'Service', name: 'reviews' }],
    timeouts: { idle: '1m' },
    connections: { maxRequests: 5 },
  };
  const { frontends, destinations } = modelOf([apiObject('TrafficPolicy', 'a', 'shop', spec)], mesh);
  expect(frontends[0]?.rules[0]?.action.timeouts).toMatchObject({
    request: { value: 15_000 },
    idle: { value: 60_000 },
  });
  expect(destinations[0]?.connectionLimits).toMatchObject({ maxConnections: { value: 7 }, maxRequests: { value: 5 } });
});
