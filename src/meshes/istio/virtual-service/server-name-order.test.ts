import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../model/frontend.ts';
import { hostMatches } from '../../../model/match.ts';
import { bySpecificity } from '../gateway/binding.ts';
import { saidByName } from './server-name-order.ts';

const names = ['*.example', '*.b.example', 'a.example', 'x.b.example', '*.other', 'c.other'];
const asked = ['a.example', 'z.example', 'x.b.example', 'y.b.example', 'c.other', 'd.other', 'nobody'];

const rule = fc.record({
  sni: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 2 }),
  port: fc.option(fc.constantFrom(443, 8443), { nil: undefined }),
});

const ruleOf = ({ sni, port }: { sni: string[]; port: number | undefined }, index: number): Rule => ({
  id: `rule ${index}`,
  match: { sni, ...(port === undefined ? {} : { port }) },
  action: { id: `action ${index}`, target: { kind: 'respond', response: { status: 200 } } },
});

interface Call {
  readonly name: string;
  readonly port: number;
}

const patternsFor = ({ match }: Rule, { name, port }: Call): readonly string[] =>
  match.port === undefined || match.port === port ? (match.sni ?? []).filter(own => hostMatches(own, name)) : [];

/** The first rule that takes the call. */
const decided = (rules: readonly Rule[], call: Call): string | undefined =>
  rules.find(one => patternsFor(one, call).length > 0)?.action.id;

/** The rule with the most specific name; of those with one name the first. */
const askedByName = (rules: readonly Rule[], call: Call): string | undefined =>
  rules
    .flatMap(one => patternsFor(one, call).map(pattern => ({ pattern, id: one.action.id })))
    .sort((a, b) => bySpecificity(a.pattern, b.pattern))[0]?.id;

describe('rules by server name that are written', () => {
  it('decide as the list does, where the most specific name is asked first', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), described => {
        const rules = described.map(ruleOf);
        const written = saidByName(rules);
        for (const name of asked)
          for (const port of [443, 8443])
            expect(askedByName(written, { name, port }), `${name}:${port}`).toBe(decided(rules, { name, port }));
      }),
      { seed: 20_261, numRuns: 2000 },
    );
  });

  it('are written the same again', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), described => {
        const written = saidByName(described.map(ruleOf));
        const shown = (rules: readonly Rule[]) => rules.map(({ match, action }) => [match, action.id]);
        expect(shown(saidByName(written))).toEqual(shown(written));
      }),
      { seed: 20_262, numRuns: 1000 },
    );
  });
});
