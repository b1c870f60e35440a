/**
 * Mutations over real configuration: what changes behaviour is found, with a request that shows it, and what changes
 * nothing is not reported. Places are chosen by a seed; `SUPERGLOO_RUNS` is how many of each kind and mesh are tried
 * (100000 are all), `SUPERGLOO_SEED` chooses others.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { adapters } from '../laws/adapters.ts';
import { readWith } from '../laws/reading.ts';
import { runs, seed } from '../support/runs.ts';
import { changing } from './changing.ts';
import { harmless } from './harmless.ts';
import { corpusInputs, examples, type Input, sceneName } from './inputs.ts';
import type { Mutant, Mutation } from './mutation.ts';
import { judge, reported } from './oracle.ts';
import { selection } from './selection.ts';
import { type Tally, tableOf } from './tally.ts';

const perKind = runs(2);
const isQuick = perKind < 20;

/** Boundary requests about one target: the more, the less is left to the comparison's word. */
const perTarget = isQuick ? 100 : 1000;

/** Beyond this many objects an input is left to a longer run. */
const mostObjects = isQuick ? 12 : 60;

const inputs: readonly Input[] = [
  ...examples,
  ...corpusInputs.filter(({ objects, size }) => objects.length <= mostObjects && (!isQuick || size < 10_000)),
];

const modelOf = (input: Input, objects = input.objects): Model => readWith(input.adapter, objects).model;

interface Case extends Mutant {
  readonly input: Input;
}

/** Every place of the scene, and a choice of all others. */
const casesOf = (mutation: Mutation, mesh: string): { places: number; cases: readonly Case[] } => {
  const ofMesh = inputs.filter(({ adapter }) => adapter.id === mesh);
  const mutantsOf = (some: readonly Input[]): Case[] =>
    some.flatMap(input => Array.from(mutation.mutants(input.objects), mutant => ({ ...mutant, input })));
  const own = mutantsOf(ofMesh.filter(({ name }) => name === sceneName));
  const others = mutantsOf(ofMesh.filter(({ name }) => name !== sceneName));
  return { places: own.length + others.length, cases: [...own, ...selection(others, perKind, seed(20_260))] };
};

const tallies: Tally[] = [];
afterAll(() => console.log(tableOf(tallies)));

const wordsOf = ({ input, where }: Case, faults: readonly string[]): readonly string[] =>
  faults.length === 0 ? [] : [[`${input.name} for ${input.adapter.id}, ${where}`, ...faults].join('\n  ')];

const meshes = adapters.map(({ id }) => id);
const everywhere = (mutations: readonly Mutation[]) =>
  mutations.flatMap(mutation => meshes.map(mesh => [mutation.kind, mesh, mutation] as const));

describe('an edit that changes behaviour is found, with a request that shows it', () => {
  it.each(everywhere(changing))('%s in %s', (kind, mesh, mutation) => {
    const { places, cases } = casesOf(mutation, mesh);
    const judged = cases.map(one => ({
      one,
      ...judge(modelOf(one.input), modelOf(one.input, one.objects()), perTarget),
    }));
    const wrong = judged.flatMap(({ one, faults }) => wordsOf(one, faults));
    tallies.push({
      kind,
      mesh,
      places,
      tried: cases.length,
      changed: judged.filter(({ isChanged }) => isChanged).length,
      found: judged.filter(({ isFound }) => isFound).length,
      wrong: wrong.length,
      open: judged.filter(({ isOpen }) => isOpen).length,
    });
    expect(wrong.join('\n')).toBe('');
  });

  it('and every kind of edit changes something somewhere', () => {
    const silent = changing.filter(({ kind }) => {
      const tried = tallies.filter(tally => tally.kind === kind);
      return tried.length > 0 && tried.every(({ found }) => found === 0);
    });
    expect(silent.map(({ kind }) => kind)).toEqual([]);
  });
});

describe('an edit that changes nothing is not reported', () => {
  it.each(everywhere(harmless))('%s in %s', (kind, mesh, mutation) => {
    const { places, cases } = casesOf(mutation, mesh);
    const wrong = cases.flatMap(one => wordsOf(one, reported(modelOf(one.input), modelOf(one.input, one.objects()))));
    tallies.push({ kind, mesh, places, tried: cases.length, changed: 0, found: 0, wrong: wrong.length, open: 0 });
    expect(wrong.join('\n')).toBe('');
  });
});

describe('configuration is equal to itself', () => {
  const tried = selection(inputs, Math.min(inputs.length, perKind * 40), seed(20_260));

  it('read twice, with nothing left open', () => {
    const wrong: string[] = [];
    let opaque = 0;
    let places = 0;
    for (const input of tried) {
      const [one, again] = [modelOf(input), modelOf(input)];
      const faults = reported(one, again);
      places += one.inventory.services.length;
      opaque += one.opaque.length;
      if (faults.length > 0) wrong.push([`${input.name} for ${input.adapter.id}`, ...faults].join('\n  '));
    }
    console.log(`${tried.length} inputs, ${places} services, ${opaque} opaque statements: ${wrong.length} not equal`);
    expect(wrong.join('\n')).toBe('');
  });
});
