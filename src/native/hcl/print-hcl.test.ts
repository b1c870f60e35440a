import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHcl } from './parse-hcl.ts';
import { printHcl } from './print-hcl.ts';

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(`\${a}`, `a "b" \${"c"}`, 'two\nlines', '\\', '<<EOT', '{', ''),
  fc.integer(),
  fc.double({ min: -1e6, max: 1e6, noDefaultInfinity: true, noNaN: true }).map(value => value + 0),
  fc.boolean(),
);
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4 }),
  ),
}));

describe('a text in HCL', () => {
  it('reads back as what was written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value, { maxKeys: 5 }), body => {
        const plain: unknown = JSON.parse(JSON.stringify(body));
        expect(JSON.parse(JSON.stringify(parseHcl(printHcl(body)).value))).toEqual(plain);
      }),
      { seed: 20260, numRuns: 300 },
    );
  });

  it('has an attribute on each line', () => {
    expect(
      printHcl({
        Kind: 'service-router',
        Routes: [{ Match: { HTTP: { PathPrefix: '/a' } }, 'x y': [] }],
        Weights: [1, 2.5],
      }),
    ).toBe(`Kind = "service-router"
Routes = [
  {
    Match = {
      HTTP = {
        PathPrefix = "/a"
      }
    }
    "x y" = []
  },
]
Weights = [1, 2.5]
`);
  });
});
