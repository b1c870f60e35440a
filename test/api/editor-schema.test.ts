/** The schema for editors takes what is valid, and underlines what is not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/api/check.ts';
import { editorSchema } from '../../src/api/editor-schema.ts';
import { apiKinds } from '../../src/api/kinds/kinds.ts';
import { fitsSchema } from '../support/api/json-schema.ts';
import { fitting, mutated } from '../support/api/values.ts';
import { runs, seed } from '../support/runs.ts';

// As an editor has it.
const schema = JSON.parse(JSON.stringify(editorSchema(apiKinds)));

const hasNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.values(value as object).some(hasNull));

/** Names of fields, each with a letter too many; where any name is a field there is no typo. */
const withTypo = (value: unknown, at: number): unknown => {
  let left = at;
  const visit = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(visit);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => {
        left -= 1;
        return [left === -1 ? `${key}x` : key, visit(inner)];
      }),
    );
  };
  const changed = visit(value);
  return left < 0 ? changed : undefined;
};

describe.each(apiKinds.map(kind => [kind.kind, kind] as const))('the schema for editors, %s', (_, kind) => {
  const { example, spec } = kind;
  it('takes the example', () => {
    expect(fitsSchema(schema, example)).toBe(true);
  });

  it('refuses a field with a letter too many, wherever it is', () => {
    let typos = 0;
    for (let at = 0; ; at += 1) {
      const typo = withTypo(example.spec, at);
      if (typo === undefined) break;
      typos += 1;
      expect(fitsSchema(schema, { ...example, spec: typo }), JSON.stringify(typo)).toBe(false);
    }
    expect(typos).toBeGreaterThan(2);
  });

  it('refuses another version, an object without a name, and a field beside spec', () => {
    expect(fitsSchema(schema, { ...example, apiVersion: 'supergloo.dev/v2' })).toBe(false);
    expect(fitsSchema(schema, { ...example, metadata: {} })).toBe(false);
    expect(fitsSchema(schema, { ...example, sepc: {} })).toBe(false);
  });

  it('takes the types that are taken, and no others', () => {
    fc.assert(
      fc.property(fc.oneof(fitting(spec), mutated(fitting(spec))), value => {
        // An editor tells of an empty value; the API server takes it away.
        if (hasNull(value)) return;
        const { problems } = check(spec, value);
        const told = problems.filter(({ kind: what, message }) => what !== 'rule' && !message.startsWith('another'));
        expect(fitsSchema(schema, { ...example, spec: value }), JSON.stringify(told)).toBe(told.length === 0);
      }),
      { seed: seed(5), numRuns: runs(60) },
    );
  });
});
