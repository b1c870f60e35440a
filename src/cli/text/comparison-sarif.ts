import type { Finding } from '../../base/finding.ts';
import type { ComparisonOfSides } from '../../engine/compare.ts';
import type { Unmatched, Verdict } from '../../verify/compare/comparison.ts';
import { type Difference, objectOf, type Shown } from '../comparison/differences.ts';
import type { NamedSide } from '../comparison/sides.ts';
import { printedSource } from '../print.ts';
import { type SarifLocation, type SarifResult, sarifLocation, sarifLog, type Written } from './sarif.ts';

const levels: Readonly<Record<Exclude<Verdict, 'equal'>, SarifResult['level']>> = {
  looser: 'error',
  different: 'warning',
  undecided: 'warning',
  stricter: 'note',
};

type Sides = readonly [NamedSide, NamedSide];

/** For services that show results beside the lines of a change: one for each difference, and for what limits the answer. */
export const comparisonSarif = async (
  { unmatched, notCompared }: ComparisonOfSides,
  differences: readonly Difference[],
  sides: Sides,
): Promise<string> => {
  const sideOf = (letter: 'a' | 'b'): NamedSide => sides[letter === 'a' ? 0 : 1];
  const results = [
    ...differences.map(one => differenceResult(one, sides)),
    ...(await Promise.all(unmatched.map(lone => unmatchedResult(lone, sideOf(lone.side))))),
    ...(await Promise.all(notCompared.map(({ finding, side, limits }) => gapResult(finding, limits, sideOf(side))))),
  ];
  return sarifLog(results, id => id.replace('-', ' is '));
};

/** It stands at the line of the second side, else at that of the first, else at the object that is dialled. */
const differenceResult = (difference: Difference, [a, b]: Sides): SarifResult => {
  const { id, verdict, aspect, place, shown, reason, object } = difference;
  const told = shown ? `: ${shownText(shown, a.name, b.name)}` : reason === undefined ? '' : `: ${reason}`;
  const before = shown?.a.source && sarifLocation(shown.a.source);
  return {
    ruleId: id,
    level: levels[verdict],
    message: { text: `${place}: ${aspect} is ${verdict}${told}` },
    locations: [firstLocation([shown?.b.source, shown?.a.source, object], b)],
    ...(before ? { relatedLocations: [{ ...before, id: 1, message: { text: `in ${a.name}` } }] } : {}),
  };
};

const shownText = ({ request, from, headers, a, b }: Shown, before: string, after: string): string =>
  `${[request, ...headers].join(', ')} from ${from} is ${a.outcome} in ${before}, ${b.outcome} in ${after}`;

const unmatchedResult = async ({ kind, name }: Unmatched, side: NamedSide): Promise<SarifResult> => ({
  ruleId: `${kind}-unmatched`,
  level: 'note',
  message: { text: `${kind} ${name} is only in ${side.name}; there is nothing to compare it with` },
  locations: [firstLocation([await objectOf(kind, name, side)], side)],
});

const gapResult = async (finding: Finding, limits: boolean, side: NamedSide): Promise<SarifResult> => {
  const { code, message, source, place } = finding;
  return {
    ruleId: code,
    level: limits ? 'warning' : 'note',
    message: { text: `not compared, in ${side.name}: ${message}` },
    locations: [firstLocation([source ? await printedSource(source, side.locate) : place], side)],
  };
};

/** Where none of it is written anywhere, the first file of the side stands for all of them. */
const firstLocation = (candidates: readonly (Written | undefined)[], { name, snapshot }: NamedSide): SarifLocation => {
  const [first] = candidates.flatMap(written => (written && sarifLocation(written)) ?? []);
  const file = snapshot.objects[0]?.ref.file ?? name;
  return first ?? { physicalLocation: { artifactLocation: { uri: encodeURI(file) } } };
};
