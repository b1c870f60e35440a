import type { ComparisonOfSides } from '../../engine/compare.ts';
import { alike, type Difference, type Shown } from '../comparison/differences.ts';
import type { NamedSide } from '../comparison/sides.ts';
import { scopeSentence, verdictSentence } from '../comparison/summary.ts';

/** A comment for a pull request: the answer, a table of what differs, and each difference to unfold. */
export const comparisonMarkdown = (
  comparison: ComparisonOfSides,
  differences: readonly Difference[],
  sides: readonly [NamedSide, NamedSide],
): string => {
  const groups = alike(differences);
  const [a, b] = sides;
  const parts = [`### ${escaped(verdictSentence(comparison, sides))}`];
  if (groups.length > 0) {
    const header = ['where', 'what', 'smallest request', `in ${escaped(a.name)}`, `in ${escaped(b.name)}`];
    parts.push([header, header.map(() => '---'), ...groups.map(rowOf)].map(row).join('\n'));
    parts.push(...groups.map(group => details(group, [a.name, b.name])));
  }
  const rest = [
    ...comparison.unmatched.map(({ side, kind, name }) => `${kind} ${code(name)} is only in ${nameOf(side, sides)}`),
    ...comparison.notCompared.map(
      ({ side, finding }) => `${finding.code} ${escaped(finding.message)}, in ${nameOf(side, sides)}`,
    ),
  ];
  if (rest.length > 0) parts.push(`Not compared:\n\n${rest.map(line => `- ${line}`).join('\n')}`);
  return `${[...parts, scopeSentence(comparison)].join('\n\n')}\n`;
};

const nameOf = (side: 'a' | 'b', [a, b]: readonly [NamedSide, NamedSide]): string =>
  escaped(side === 'a' ? a.name : b.name);

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const rowOf = ([first, ...more]: readonly [Difference, ...Difference[]]): readonly string[] => {
  const { place, aspect, verdict, shown, reason = '' } = first;
  const times = more.length > 0 ? ` and ${more.length} more` : '';
  return [
    `${code(place)}${times}`,
    `${aspect} is **${verdict}**`,
    shown ? `${code(shown.request)} from ${code(shown.from)}` : escaped(reason),
    ...(shown ? [shown.a, shown.b].map(({ outcome }) => escaped(outcome)) : ['', '']),
  ];
};

const details = (group: readonly [Difference, ...Difference[]], names: readonly [string, string]): string => {
  const [{ place, aspect, verdict }] = group;
  const title = `${place}: ${aspect} is ${verdict}`;
  return `<details><summary>${html(title)}</summary>\n\n${group.map(one => item(one, names)).join('\n')}\n\n</details>`;
};

const item = ({ place, shown, reason }: Difference, names: readonly [string, string]): string =>
  [
    `- ${code(place)}${reason === undefined ? '' : `: ${escaped(reason)}`}`,
    ...(shown ? shownLines(shown, names) : []),
  ].join('\n');

const shownLines = ({ request, from, headers, a, b }: Shown, names: readonly [string, string]): readonly string[] => [
  `  - ${code(request)} from ${code(from)}${headers.map(header => `, ${code(header)}`).join('')}`,
  ...[a, b].map(({ outcome, line }, index) => {
    const written = line === '' ? '' : ` (${code(line)})`;
    return `  - ${escaped(names[index] ?? '')}: ${escaped(outcome)}${written}`;
  }),
];

const html = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text that is taken as it stands, also within a table. */
const escaped = (text: string): string =>
  html(text)
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replaceAll('\n', ' ');

/** In a table a bar ends the cell even within code. */
const code = (text: string): string => {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replaceAll('\n', ' ').replaceAll('|', '\\|')}${fence}`;
};
