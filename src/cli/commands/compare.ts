import { type ComparisonOfSides, compareSides, type Moved } from '../../engine/compare.ts';
import { differencesIn } from '../comparison/differences.ts';
import { checkMap, readMapFile } from '../comparison/map-file.ts';
import { midway, type NamedSide, readSides } from '../comparison/sides.ts';
import { exitOf } from '../comparison/summary.ts';
import type { ExitCode } from '../exit.ts';
import { printDocument, printedComparison, printedFinding } from '../print.ts';

export interface CompareCommandOptions {
  readonly rev: readonly string[];
  readonly map?: string;
  readonly accept: readonly string[];
  readonly moved?: Moved;
  readonly output: 'text' | 'json' | 'yaml' | 'markdown' | 'sarif';
}

type Sides = readonly [NamedSide, NamedSide];

/** `supergloo compare`: whether two configurations do the same, or the request that tells them apart. */
export const compareCommand = async (
  paths: readonly string[],
  { rev, map: mapFile, accept, moved, output }: CompareCommandOptions,
): Promise<ExitCode> => {
  const map = mapFile === undefined ? {} : readMapFile(mapFile);
  const given = await readSides(paths, rev);
  checkMap(map, given[0].read.model.inventory, given[1].read.model.inventory);
  const comparison = await compareSides(...given, { map, ...(moved ? { moved } : {}) });
  const sides: Sides = moved ? [given[0], midway(given, moved)] : given;
  if (output === 'json' || output === 'yaml') printDocument('Comparison', await fieldsOf(comparison, sides), output);
  else process.stdout.write(await printed[output](comparison, sides));
  return exitOf(comparison, accept);
};

/** Each format is loaded when it is asked for. */
const printed: Readonly<
  Record<'text' | 'markdown' | 'sarif', (of: ComparisonOfSides, sides: Sides) => Promise<string>>
> = {
  text: async (comparison, sides) => {
    const { comparisonText } = await import('../text/comparison.ts');
    return comparisonText(comparison, await differencesIn(comparison.services, sides), sides);
  },
  markdown: async (comparison, sides) => {
    const { comparisonMarkdown } = await import('../text/comparison-markdown.ts');
    return comparisonMarkdown(comparison, await differencesIn(comparison.services, sides), sides);
  },
  sarif: async (comparison, sides) => {
    const { comparisonSarif } = await import('../text/comparison-sarif.ts');
    return comparisonSarif(comparison, await differencesIn(comparison.services, sides), sides);
  },
};

const fieldsOf = async (comparison: ComparisonOfSides, [a, b]: Sides): Promise<Record<string, unknown>> => {
  const { verdict, services, unmatched, method, asked, left, notCompared } = comparison;
  return {
    a: a.name,
    b: b.name,
    verdict,
    services: await Promise.all(services.map(service => printedComparison(service, [a.locate, b.locate]))),
    unmatched,
    method,
    asked,
    left,
    findings: await Promise.all(
      notCompared.map(async ({ side, finding }) => ({
        side,
        ...(await printedFinding(finding, (side === 'a' ? a : b).locate)),
      })),
    ),
  };
};
