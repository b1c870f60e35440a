import { type Name, names } from '../settings/numbers.ts';
import type { JudgedReading } from '../settings/reading.ts';
import type { Together } from '../together/together.ts';
import type { Verdict } from '../trial/trial.ts';
import type { Configuration } from './configuration.ts';
import { disagrees, type Fact, type Testimony } from './oracle.ts';
import type { Asked } from './questions.ts';

/** What was found about one configuration. */
export interface Tried {
  readonly id: string;
  readonly family: string;
  /** Those that were tried at the same time have the same number. */
  readonly wave: number;
  readonly verdicts: readonly Judged[];
  /** What proxies were told of it, where that can be read. */
  readonly readings: readonly JudgedReading[];
  /** The side of a pair that it is, and the name that it was tried on. */
  readonly side?: NonNullable<Configuration<unknown>['pair']> & { readonly name: string };
  /** What was seen of many requests together. */
  readonly together?: readonly { readonly asked: Together; readonly seen: readonly Fact[] }[];
  /** What oracles have said, and what requests have shown together, beside the model. */
  readonly testimonies?: readonly Testimony[];
  /** Why nothing could be compared, if so. */
  readonly notComparable?: string;
  /** It differed the first time, and was tried once more without those that did not. */
  readonly again?: true;
}

export interface Row {
  readonly name: string;
  readonly configurations: number;
  /** Distinct pairs of a configuration and a class of requests. */
  readonly probes: number;
  /** Distinct requests, some of one class. */
  readonly requests: number;
  readonly agreements: number;
  readonly disagreements: number;
}

/** A verdict, and the capabilities about which a model that is wrong would be contradicted by it. */
export type Judged = Verdict & Pick<Asked, 'requestClass'> & { readonly shows: readonly string[] };

const capabilitiesOf = ({ predicted }: Verdict): readonly string[] => [
  ...new Set(predicted.hops.flatMap(({ decisions }) => decisions.map(({ capability }) => capability))),
];

const rowOf = (name: string, tried: readonly Tried[], counts: (verdict: Judged) => boolean): Row => {
  const of = tried
    .map(({ id, verdicts }) => ({ id, verdicts: verdicts.filter(counts) }))
    .filter(({ verdicts }) => verdicts.length > 0);
  const failed = new Set<string>();
  const classes = new Set<string>();
  for (const { id, verdicts } of of)
    for (const { requestClass, differences } of verdicts) {
      classes.add(`${id} ${requestClass}`);
      if (differences.length > 0) failed.add(`${id} ${requestClass}`);
    }
  return {
    name,
    configurations: of.length,
    probes: classes.size,
    requests: of.reduce((sum, { verdicts }) => sum + verdicts.length, 0),
    agreements: classes.size - failed.size,
    disagreements: failed.size,
  };
};

export const totalOf = (tried: readonly Tried[]): Row => rowOf('all', tried, () => true);

/** A row for each capability that decided something in a probe; a probe counts for every one of them. */
export const byCapability = (tried: readonly Tried[]): readonly Row[] => {
  const names = new Set(tried.flatMap(({ verdicts }) => verdicts.flatMap(capabilitiesOf)));
  return [...names].sort().map(name => rowOf(name, tried, verdict => capabilitiesOf(verdict).includes(name)));
};

export const byFamily = (tried: readonly Tried[]): readonly Row[] =>
  [...new Set(tried.map(({ family }) => family))].map(family =>
    rowOf(
      family,
      tried.filter(one => one.family === family),
      () => true,
    ),
  );

/** Values that proxies were told, by capability; as many as there are configurations and places that have one. */
export interface ToldRow {
  readonly name: string;
  readonly configurations: number;
  readonly values: number;
  readonly agreements: number;
  readonly disagreements: number;
}

const toldRow = (name: string, tried: readonly Tried[], counts: (value: Name) => boolean): ToldRow => {
  const of = tried.filter(({ readings }) => readings.some(({ compared }) => compared.some(counts)));
  const all = of.flatMap(({ readings }) => readings);
  const values = all.reduce((sum, { compared }) => sum + compared.filter(counts).length, 0);
  const disagreements = all.reduce((sum, { differing }) => sum + new Set(differing.filter(counts)).size, 0);
  return { name, configurations: of.length, values, agreements: values - disagreements, disagreements };
};

/** A row for each capability of which proxies were told something. */
export const byTold = (tried: readonly Tried[]): readonly ToldRow[] => {
  const compared = new Set(tried.flatMap(({ readings }) => readings.flatMap(reading => reading.compared)));
  const capabilities = new Set([...compared].map(name => names[name]));
  return [...capabilities].sort().map(name => toldRow(name, tried, value => names[value] === name));
};

/** Configurations of which a proxy was told something else than predicted. */
export const toldOtherwise = (tried: readonly Tried[]): readonly Tried[] =>
  tried.filter(({ readings }) => readings.some(({ differences }) => differences.length > 0));

/** Why configurations could not be compared, and how many each reason keeps out. */
export const notComparable = (tried: readonly Tried[]): ReadonlyMap<string, number> => {
  const reasons = new Map<string, number>();
  for (const { notComparable: why } of tried) if (why !== undefined) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  return reasons;
};

export interface OracleRow {
  readonly oracle: string;
  readonly about: string;
  readonly configurations: number;
  readonly facts: number;
  readonly disagreements: number;
}

/** A row for each oracle and what it speaks about. */
export const byOracle = (tried: readonly Tried[]): readonly OracleRow[] => {
  const rows = new Map<string, { oracle: string; about: string; ids: Set<string>; facts: number; wrong: number }>();
  for (const { id, testimonies = [] } of tried)
    for (const one of testimonies) {
      const { oracle, about } = one;
      const row = rows.get(`${oracle} ${about}`) ?? { oracle, about, ids: new Set<string>(), facts: 0, wrong: 0 };
      rows.set(`${oracle} ${about}`, row);
      row.ids.add(id);
      row.facts += 1;
      if (disagrees(one)) row.wrong += 1;
    }
  return [...rows.values()].map(({ oracle, about, ids, facts, wrong }) => ({
    oracle,
    about,
    configurations: ids.size,
    facts,
    disagreements: wrong,
  }));
};
