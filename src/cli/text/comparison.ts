import type { ComparisonOfSides } from '../../engine/compare.ts';
import { weakerIn } from '../../engine/weaker.ts';
import type { Verdict } from '../../verify/compare/comparison.ts';
import { alike, type Difference, type Shown } from '../comparison/differences.ts';
import type { NamedSide } from '../comparison/sides.ts';
import { scopeSentence, verdictSentence } from '../comparison/summary.ts';
import { columns, style } from './columns.ts';
import { findingsText } from './findings.ts';

/** How many places that differ in the same way are listed beside the first. */
const listed = 10;

const paint: Readonly<Record<Verdict, (text: string) => string>> = {
  equal: style.green,
  stricter: text => text,
  undecided: style.yellow,
  looser: style.red,
  different: style.yellow,
};

/** The answer first, then each difference with the request that shows it, the worst first; equal things are counted. */
export const comparisonText = async (
  comparison: ComparisonOfSides,
  differences: readonly Difference[],
  sides: readonly [NamedSide, NamedSide],
): Promise<string> => {
  const names: readonly [string, string] = [sides[0].name, sides[1].name];
  const blocks = [
    `${style.bold(paint[comparison.verdict](verdictSentence(comparison, sides)))}\n`,
    ...alike(differences).map(group => groupText(group, names)),
    await restText(comparison, sides),
    `${scopeSentence(comparison)}\n`,
  ];
  const weaker = weakerIn(comparison);
  if (weaker.length > 0) blocks.push(`to accept: ${weaker.map(id => `--accept ${id}`).join(' ')}\n`);
  return blocks.filter(block => block !== '').join('\n');
};

const groupText = (
  [first, ...more]: readonly [Difference, ...Difference[]],
  names: readonly [string, string],
): string => {
  const { place, aspect, verdict, shown, reason } = first;
  const times = more.length > 0 ? ` (and ${more.length} alike)` : '';
  const lines = [`${style.bold(`${place} ${aspect} is ${paint[verdict](verdict)}`)}${times}\n`];
  if (reason !== undefined) lines.push(`  ${reason}\n`);
  if (shown) lines.push(shownText(shown, names));
  if (more.length > 0) lines.push('  alike\n', alikeText(more));
  return lines.join('');
};

const shownText = ({ request, from, headers, a, b }: Shown, names: readonly [string, string]): string => {
  const rows = [a, b].map(({ outcome, line }, index) => [names[index] ?? '', outcome, style.dim(line)]);
  const commands = [a.explain, b.explain].filter(command => command !== undefined);
  return [
    `  ${request}  from ${from}\n`,
    ...headers.map(header => `    ${header}\n`),
    columns(rows, '    '),
    ...commands.map((command, index) => `  ${style.dim(`${index === 0 ? 'next: ' : '      '}${command}`)}\n`),
  ].join('');
};

const alikeText = (more: readonly Difference[]): string => {
  const rows = more
    .slice(0, listed)
    .map(({ place, shown }) => [
      place,
      shown ? `${[shown.request, ...shown.headers].join('  ')}  from ${shown.from}` : '',
      style.dim(shown?.b.line || shown?.a.line || ''),
    ]);
  const rest = more.length > listed ? `    … and ${more.length - listed} more; -o json has them all\n` : '';
  return `${columns(rows, '    ')}${rest}`;
};

/** What the comparison does not speak of. */
const restText = async (
  { unmatched, notCompared }: ComparisonOfSides,
  [a, b]: readonly [NamedSide, NamedSide],
): Promise<string> => {
  const lone = unmatched.map(
    ({ side, kind, name }) => `  ${kind} ${name} is only in ${side === 'a' ? a.name : b.name}\n`,
  );
  const findings: string[] = [];
  for (const [letter, side] of [
    ['a', a],
    ['b', b],
  ] as const) {
    const own = notCompared.filter(gap => gap.side === letter).map(({ finding }) => finding);
    const text = await findingsText(own, side.locate);
    if (text !== '') findings.push(`  in ${side.name}\n`, text.replace(/^/gm, '    ').trimEnd(), '\n');
  }
  if (lone.length + findings.length === 0) return '';
  return [`${style.bold('not compared')}\n`, ...lone, ...findings].join('');
};
