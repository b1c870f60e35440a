import { afterEach, describe, expect, it, vi } from 'vitest';
import { rowsOf } from '../tools/gen/fields.ts';
import { placesOf, type Schema } from '../tools/gen/schema.ts';
import { generated } from '../tools/gen.ts';
import { fieldsOf, kindsOf, shapeOf } from './support/fields.ts';

const places = (schema: Schema) => placesOf(schema, 'spec', false).map(({ path, type }) => [path, type]);
const of = (path: string, schema: Schema) => placesOf(schema, 'spec', false).find(place => place.path === path);

describe('the places of a schema', () => {
  it('are its leaves and what holds them', () => {
    expect(
      places({
        properties: {
          hosts: { type: 'array', items: { type: 'string' } },
          labels: { additionalProperties: { type: 'string' } },
          rules: { type: 'array', items: { properties: { port: { type: 'integer' } } } },
        },
      }),
    ).toEqual([
      ['spec', 'object'],
      ['spec.hosts', 'list'],
      ['spec.hosts[]', 'string'],
      ['spec.labels', 'map'],
      ['spec.labels{}', 'string'],
      ['spec.rules', 'list'],
      ['spec.rules[]', 'object'],
      ['spec.rules[].port', 'integer'],
    ]);
  });

  it('end where a schema says no more, so that one that repeats itself ends', () => {
    const repeated = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    expect(places({ properties: { all: { type: 'array', items: repeated }, any: { type: 'object' } } })).toEqual([
      ['spec', 'object'],
      ['spec.all', 'list'],
      ['spec.all[]', 'opaque'],
      ['spec.any', 'opaque'],
    ]);
  });

  it('know numbers that may be texts', () => {
    const anyOf = [{ type: 'integer' }, { type: 'string' }];
    expect(places({ 'x-kubernetes-int-or-string': true, anyOf })).toEqual([['spec', 'int-or-string']]);
    expect(places({ anyOf })).toEqual([['spec', 'integer-or-string']]);
  });

  it('include those that only an alternative describes', () => {
    expect(
      places({ oneOf: [{ properties: { a: { type: 'string' } } }], properties: { b: { type: 'string' } } }),
    ).toEqual([
      ['spec', 'object'],
      ['spec.a', 'string'],
      ['spec.b', 'string'],
    ]);
  });

  it('carry values, bounds, default and whether they are required', () => {
    const mode = { type: 'string', enum: ['', 'A'], default: 'A', maxLength: 3, pattern: '^A?$', nullable: true };
    expect(of('spec.mode', { required: ['mode'], properties: { mode } })).toEqual({
      path: 'spec.mode',
      type: 'string',
      required: 'required',
      values: "''|A",
      bounds: 'maxLength=3 pattern nullable',
      choice: '',
      default: '"A"',
    });
  });

  it('carry which properties exclude each other', () => {
    const properties = { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'string' } };
    const one = [{ required: ['a'] }, { required: ['b'] }];
    const choice = (schema: Schema) => of('spec.a', { ...schema, properties })?.choice;
    expect(choice({ oneOf: one })).toBe('exactly one: a|b');
    expect(choice({ oneOf: [{ not: { anyOf: one } }, ...one] })).toBe('at most one: a|b');
    expect(choice({ anyOf: one })).toBe('at least one: a|b');
    expect(choice({ allOf: [{ oneOf: one }, { oneOf: [{ required: ['a'] }, { required: ['c'] }] }] })).toBe(
      'exactly one: a|b; exactly one: a|c',
    );
  });
});

describe('the rows of a CRD', () => {
  const version = (name: string, spec: Schema, served = true) => ({
    name,
    served,
    schema: { openAPIV3Schema: { properties: { spec, status: { type: 'object' } } } },
  });
  const crd = (...versions: ReturnType<typeof version>[]) => ({
    spec: { group: 'example.org', names: { kind: 'Thing' }, versions },
  });

  it('join served versions that agree and leave out the status', () => {
    const rows = rowsOf(
      crd(
        version('v2', { properties: { a: { type: 'string' }, b: { type: 'integer' } } }),
        version('v1', { properties: { a: { type: 'string' }, b: { type: 'string' } } }),
        version('v0', { properties: { old: { type: 'string' } } }, false),
      ),
    );
    expect(rows.map(({ versions, path, type }) => [versions, path, type])).toEqual([
      ['v1,v2', 'spec', 'object'],
      ['v1,v2', 'spec.a', 'string'],
      ['v2', 'spec.b', 'integer'],
      ['v1', 'spec.b', 'string'],
    ]);
  });
});

describe('where the CRDs are absent', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('the tables stay as they are', async () => {
    vi.stubEnv('SUPERGLOO_SHARED', '/nowhere');
    const files = [...(await generated(process.cwd())).keys()];
    expect(files).toContain('tsconfig.json');
    expect(files.filter(path => path.startsWith('testdata/fields'))).toEqual([]);
  });
});

describe('the tables', () => {
  const fact = (path: string, facts: ReturnType<typeof fieldsOf>) => facts.find(field => field.path === path);

  it('read back as facts', () => {
    const facts = shapeOf('istio', 'VirtualService');
    expect(fact('spec.http[].match[].uri.exact', facts)).toEqual({
      group: 'networking.istio.io',
      kind: 'VirtualService',
      versions: ['v1', 'v1alpha3', 'v1beta1'],
      path: 'spec.http[].match[].uri.exact',
      type: 'string',
      required: false,
      values: [],
      bounds: {},
      choices: [{ rule: 'at most one', of: ['exact', 'prefix', 'regex'] }],
    });
    expect(fact('spec.http[].match[].headers{}.regex', facts)?.type).toBe('string');
    expect(fact('spec.http[].route[].destination', facts)?.required).toBe(true);
  });

  it('hold values, bounds and defaults', () => {
    const facts = fieldsOf('gateway-api', 'HTTPRoute');
    expect(fact('spec.rules[].backendRefs[].weight', facts)).toMatchObject({
      bounds: { minimum: 0, maximum: 1_000_000, format: 'int32' },
      default: 1,
    });
    expect(fact('spec.rules[].matches[].path.type', facts)?.values).toContain('PathPrefix');
  });

  it('give only leaves where leaves are asked for', () => {
    expect(fieldsOf('linkerd', 'Server').filter(({ type }) => type === 'object' || type === 'list')).toEqual([]);
    expect(fieldsOf('linkerd', 'Server').length).toBeGreaterThan(5);
  });

  it('hold the kinds of every system', () => {
    expect(kindsOf('istio')).toContain('networking.istio.io/DestinationRule');
    expect(kindsOf('linkerd')).toContain('policy.linkerd.io/HTTPRoute');
    expect(kindsOf('gateway-api')).toContain('gateway.networking.k8s.io/HTTPRoute');
    expect(() => fieldsOf('istio', 'HTTPRoute')).toThrow('has no kind HTTPRoute');
  });
});
