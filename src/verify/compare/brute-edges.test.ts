/** As `brute-force.test.ts`, over whole ways: gateways with two listeners, tokens, waypoints, settings, ways out, joined meshes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edits, ground, part, world } from '../../../test/support/arbitrary/whole-ways.ts';
import { isSame } from '../../base/same.ts';
import type { Model } from '../../model/model.ts';
import { Lookup } from '../lookup/lookup.ts';
import { type Ask, type Caller, plainToken, type Token, worldOf } from '../request.ts';
import { callersFor } from '../samples/callers.ts';
import { requestFrom } from '../samples/draft.ts';
import { baseDrafts } from '../samples/requests.ts';
import type { Target } from '../samples/target.ts';
import { targetsIn } from '../samples/targets.ts';
import { simulate } from '../simulate.ts';
import { laidOut } from '../testing/shop.ts';
import { aspects, type Place, together, type Verdict } from './comparison.ts';
import { relation } from './relation.ts';

const runs = Number(process.env.SUPERGLOO_RUNS ?? 10);
const seed = Number(process.env.SUPERGLOO_SEED ?? 4);

const tokens: readonly (Token | undefined)[] = [
  undefined,
  plainToken,
  { ...plainToken, audiences: ['a'] },
  { ...plainToken, audiences: ['b'] },
  { ...plainToken, audiences: ['a', 'b'] },
  { ...plainToken, audiences: ['a'], claims: { role: 'x' } },
  { ...plainToken, claims: { role: 'x' } },
  { ...plainToken, valid: false },
  { ...plainToken, issuer: 'https://nobody.example' },
];
const lines: readonly (readonly string[])[] = [[], ['1'], ['2']];
const methods = ['GET', 'PUT'];
const paths = ['/', '/a', '/a/b', '/b', '/c'];
/** Who sends besides: a token, or an address from which nobody has one. */
const senders = [...tokens.map(token => (token ? { token } : {})), { sourceAddress: '10.1.0.1' }];

const partsOf = (isHttp: boolean, from: Caller) =>
  isHttp
    ? paths.flatMap(path =>
        lines.flatMap(values =>
          methods.flatMap(method =>
            (from.kind === 'joined' ? senders.slice(0, 1) : senders).map(sender => ({
              path,
              method,
              headers: values.map(value => ['x', value] as const),
              ...sender,
            })),
          ),
        ),
      )
    : [{}];

const keyOf = ({ service: name, port, via }: Place, aspect: string): string =>
  `${name}:${port ?? ''} ${via ?? ''} ${aspect}`;

/** Callers of joined meshes, whether or not a statement names them. */
const joinedCallers = (lookups: readonly Lookup[]): readonly Caller[] =>
  lookups.flatMap(({ model }) =>
    model.meshes.flatMap(({ id, joined = [] }) =>
      joined.flatMap(({ name: from }) =>
        ['web', 'api', 'web-2'].map((name): Caller => ({ kind: 'joined', mesh: id, from, name })),
      ),
    ),
  );

const asksOf = (goal: Target, lookups: readonly Lookup[]): Ask[] => {
  const via = goal.via === undefined ? {} : { via: goal.via };
  return [...callersFor(goal.mentions, lookups, goal.home), ...joinedCallers(lookups)].flatMap(caller =>
    baseDrafts(goal).flatMap(draft =>
      partsOf(draft.protocol === 'http', caller).map(parts => ({
        caller,
        to: goal.to,
        ...via,
        request: requestFrom({ ...draft, ...parts }),
      })),
    ),
  );
};

/** The worst that the enumeration finds of each aspect of each place, and a request that shows something of it. */
const enumerated = (one: Model, other: Model): ReadonlyMap<string, { verdict: Verdict; ask: Ask }> => {
  const lookups = [Lookup.of(one), Lookup.of(other)];
  const found = new Map<string, { verdict: Verdict; ask: Ask }>();
  for (const goal of targetsIn(lookups)) {
    const { port } = goal.to;
    const place = {
      service: goal.name,
      ...(port === undefined ? {} : { port }),
      ...(goal.via ? { via: goal.via } : {}),
    };
    for (const ask of asksOf(goal, lookups)) {
      const [a, b] = [simulate(worldOf(one), ask), simulate(worldOf(other), ask)];
      const alike = isSame(a.outcome, b.outcome);
      for (const aspect of aspects) {
        const verdict = alike ? 'equal' : relation(aspect, a, b);
        const key = keyOf(place, aspect);
        const before = found.get(key);
        const all = together(before?.verdict ?? 'equal', verdict);
        if (!before || all !== before.verdict) found.set(key, { verdict: all, ask });
      }
    }
  }
  return found;
};

/** Whether the first verdict says all that the second does. */
const covers = (verdict: Verdict, seen: Verdict): boolean => together(verdict, seen) === verdict;

describe('comparing whole ways', () => {
  it('says of every place what an enumeration says, or more, and shows it', () => {
    const met = new Map<string, number>();
    let undecided = 0;
    fc.assert(
      fc.property(ground, part, part, edits, (standing, some, more, edited) => {
        const changed = Object.fromEntries(edited.map(key => [key, more[key]]));
        const [one, other] = [world(standing, some), world(standing, { ...some, ...changed })];
        const { services } = laidOut(one, other);
        const said = new Map(services.map(entry => [keyOf(entry, entry.aspect), entry]));
        for (const [key, { verdict: seen, ask }] of enumerated(one, other)) {
          const verdict = said.get(key)?.verdict ?? 'equal';
          met.set(seen, (met.get(seen) ?? 0) + 1);
          const shown = covers(verdict, seen) ? undefined : ask;
          expect([key, seen, verdict, shown]).toEqual([key, seen, verdict, undefined]);
        }
        for (const { aspect, verdict, witness, via } of services) {
          if (verdict === 'undecided') undecided += 1;
          if (!witness) continue;
          const { client: caller, to, request } = witness;
          const ask = { caller, to, request, ...(via === undefined ? {} : { via }) };
          const again = relation(aspect, simulate(worldOf(one), ask), simulate(worldOf(other), ask));
          expect(again).not.toBe('equal');
        }
      }),
      { seed, numRuns: runs, ...(process.env.SUPERGLOO_SHRINK === 'no' ? { endOnFailure: true } : {}) },
    );
    if (runs > 20) console.log(JSON.stringify(Object.fromEntries(met)), `${undecided} undecided`);
    for (const verdict of ['equal', 'stricter', 'looser', 'different'] as const) {
      expect(met.get(verdict) ?? 0, verdict).toBeGreaterThan(0);
    }
  });
});
