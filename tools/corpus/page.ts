import { byAll, byKey } from '../../src/base/order.ts';
import type { Survey, Tally } from './survey.ts';

const number = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ' ');

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n');

const byObjects = byAll<readonly [string, Tally]>(
  ([, a], [, b]) => b.objects - a.objects,
  byKey(([name]) => name),
);

const most = <T>(
  counts: ReadonlyMap<string, T>,
  count: (value: T) => number,
  limit: number,
): (readonly [string, T])[] =>
  [...counts]
    .sort(
      byAll<readonly [string, T]>(
        ([, a], [, b]) => count(b) - count(a),
        byKey(([key]) => key),
      ),
    )
    .slice(0, limit);

/** The page about a survey; numbers only, nothing of the files themselves. */
export const corpusPage = (survey: Survey): string => {
  const systems = [...survey.systems].sort(byObjects);
  const read = systems.filter(([, { fields }]) => fields > 0);
  const rest = systems.filter(([, { fields }]) => fields === 0);
  return `<!-- Written by npm run corpus. -->

# Real configuration

${number(survey.files)} files of configuration that others wrote, each read alone; and the ${survey.folders} folders that
they are from, each read, checked and converted as one input: ${number(survey.conversions)} conversions, ${survey.crashes.length} crashes.

${table(
  ['system', 'files', 'objects', 'fields', 'read', 'unread', 'refused'],
  read.map(([name, t]) => [name, ...[t.files.size, t.objects, t.fields, t.read, t.unread, t.refused].map(number)]),
)}

\`unread\`: nobody understood the field, or it does nothing, and it is reported with its place. \`refused\`: the object
as a whole cannot be read, or another copy of it in the same file counts.

Not read by any adapter:

${table(
  ['system', 'files', 'objects'],
  rest.map(([name, t]) => [name, number(t.files.size), number(t.objects)]),
)}

## Fields that are most often unread

${table(
  ['field', 'times', 'reason'],
  most(survey.unread, ({ count }) => count, 25).map(([key, { count, reason }]) => [
    `\`${key}\``,
    number(count),
    reason,
  ]),
)}

## Findings

${table(
  ['code', 'times'],
  most(survey.findings, count => count, 60).map(([code, count]) => [`\`${code}\``, number(count)]),
)}
`;
};
