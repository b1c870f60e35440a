import type { ComparisonOfSides } from '../../engine/compare.ts';
import type { Verdict } from '../../verify/compare/comparison.ts';
import type { Difference, Shown } from '../comparison/differences.ts';
import type { NamedSide } from '../comparison/sides.ts';
import { type PrintedSource, printedSource } from '../print.ts';

type Level = 'error' | 'warning' | 'note';

const levels: Readonly<Record<Exclude<Verdict, 'equal'>, Level>> = {
  looser: 'error',
  different: 'warning',
  undecided: 'warning',
  stricter: 'note',
};

interface Result {
  readonly ruleId: string;
  readonly level: Level;
  readonly message: { readonly text: string };
  readonly locations?: readonly object[];
  readonly relatedLocations?: readonly object[];
}

/** SARIF 2.1.0, as services that host code show it beside the lines of a change: a result for each difference. */
export const comparisonSarif = async (
  comparison: ComparisonOfSides,
  differences: readonly Difference[],
  sides: readonly [NamedSide, NamedSide],
): Promise<string> => {
  const results = [...differences.map(one => resultOf(one, sides)), ...(await gapResults(comparison, sides))];
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  const rules = ids.map(id => ({ id, shortDescription: { text: id.replace('-', ' is ') } }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'supergloo', rules } },
        columnKind: 'utf16CodeUnits',
        results: results.map(result => ({ ...result, ruleIndex: ids.indexOf(result.ruleId) })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

/** It stands at the line of the second side, or at that of the first where the second says nothing. */
const resultOf = (difference: Difference, [a, b]: readonly [NamedSide, NamedSide]): Result => {
  const { id, verdict, aspect, place, shown, reason } = difference;
  const told = shown ? `: ${shownText(shown, a.name, b.name)}` : reason === undefined ? '' : `: ${reason}`;
  const [main, other] = [shown?.b.source, shown?.a.source].filter(source => source !== undefined);
  const related = other && locationOf(other);
  return {
    ruleId: id,
    level: levels[verdict],
    message: { text: `${place}: ${aspect} is ${verdict}${told}` },
    ...located(main),
    ...(related ? { relatedLocations: [{ ...related, id: 1, message: { text: `in ${a.name}` } }] } : {}),
  };
};

const shownText = ({ request, from, headers, a, b }: Shown, before: string, after: string): string =>
  `${[request, ...headers].join(', ')} from ${from} is ${a.outcome} in ${before}, ${b.outcome} in ${after}`;

/** What limits the answer stands in the list too. */
const gapResults = async (
  { notCompared }: ComparisonOfSides,
  [a, b]: readonly [NamedSide, NamedSide],
): Promise<readonly Result[]> =>
  Promise.all(
    notCompared.map(async ({ side, finding, limits }) => {
      const { locate, name } = side === 'a' ? a : b;
      const { source, place } = finding;
      return {
        ruleId: finding.code,
        level: limits ? ('warning' as const) : ('note' as const),
        message: { text: `not compared, in ${name}: ${finding.message}` },
        ...located(source ? await printedSource(source, locate) : place),
      };
    }),
  );

type Written = Pick<PrintedSource, 'file' | 'line' | 'column'> & { readonly object?: PrintedSource['object'] };

const located = (source: Written | undefined): Pick<Result, 'locations'> => {
  const location = source && locationOf(source);
  return location ? { locations: [location] } : {};
};

const locationOf = ({ file, line, column, object }: Written): object | undefined => {
  if (file === undefined) return undefined;
  const region = line === undefined ? {} : { region: { startLine: line, startColumn: column ?? 1 } };
  const name = object && [object.kind, object.namespace, object.name].filter(part => part).join('/');
  return {
    physicalLocation: { artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) }, ...region },
    ...(name === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name }] }),
  };
};
