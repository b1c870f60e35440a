import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Part, versionLine } from '../versions.ts';
import { disagrees, testimonyText } from './oracle.ts';
import { byClaim, contradictedPairs, type JudgedPair } from './pairs/tally-pairs.ts';
import {
  byCapability,
  byFamily,
  byOracle,
  byTold,
  notComparable,
  type Row,
  type ToldRow,
  type Tried,
  toldOtherwise,
  totalOf,
} from './tally.ts';

export const cells = (values: readonly (string | number)[]): string => `| ${values.join(' | ')} |`;

const table = (first: string, rows: readonly Row[]): string =>
  [
    cells([first, 'configurations', 'probes', 'requests', 'agree', 'disagree']),
    '| --- | --: | --: | --: | --: | --: |',
    ...rows.map(({ name, configurations, probes, requests, agreements, disagreements }) =>
      cells([name, configurations, probes, requests, agreements, disagreements]),
    ),
  ].join('\n');

const toldTable = (rows: readonly ToldRow[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        cells(['told to proxies', 'configurations', 'values', 'agree', 'disagree']),
        '| --- | --: | --: | --: | --: |',
        ...rows.map(({ name, configurations, values, agreements, disagreements }) =>
          cells([name, configurations, values, agreements, disagreements]),
        ),
        '',
      ];
const oracleTable = (tried: readonly Tried[]): readonly string[] => {
  const rows = byOracle(tried);
  if (rows.length === 0) return [];
  return [
    'What the mesh says of itself where requests show nothing, and what many requests show together, counted apart from probes:',
    '',
    cells(['oracle', 'about', 'configurations', 'facts', 'agree', 'disagree']),
    '| --- | --- | --: | --: | --: | --: |',
    ...rows.map(({ oracle, about, configurations, facts, disagreements }) =>
      cells([oracle, about, configurations, facts, facts - disagreements, disagreements]),
    ),
    '',
  ];
};

const pairTable = (pairs: readonly JudgedPair[]): readonly string[] =>
  pairs.length === 0
    ? []
    : [
        'Pairs of configurations that differ by one edit, and what a comparison says of them, held against what was seen of both:',
        '',
        cells(['said', 'pairs', 'requests', 'shown', 'not to be seen', 'not to be sent', 'contradicted']),
        '| --- | --: | --: | --: | --: | --: | --: |',
        ...byClaim(pairs).map(({ said, pairs: count, requests, shown, unseen, unsent, contradicted }) =>
          cells([said, count, requests, shown, unseen, unsent, contradicted]),
        ),
        '',
      ];

const disagreementList = (tried: readonly Tried[]): readonly string[] =>
  tried.flatMap(({ id, verdicts, testimonies = [] }) => {
    const [wrong] = testimonies.filter(disagrees);
    const other = wrong ? [`- ${id}: ${testimonyText(wrong)}`.replaceAll('|', '\\|')] : [];
    const [first] = verdicts.filter(({ differences }) => differences.length > 0);
    if (!first) return other;
    const { caller, request } = first.question;
    return [
      ...other,
      `- ${id}: ${caller}, \`${request.method} ${request.path}\`: ${first.differences[0]}`.replaceAll('|', '\\|'),
    ];
  });

const toldList = (tried: readonly Tried[]): readonly string[] =>
  toldOtherwise(tried).map(({ id, readings }) => {
    const first = readings.find(({ differences }) => differences.length > 0);
    return `- ${id}: the proxy of ${first?.caller}: ${first?.differences[0]}`.replaceAll('|', '\\|');
  });

const triedAnew = (tried: readonly Tried[]): readonly string[] => {
  const count = tried.filter(({ again }) => again).length;
  return count === 0
    ? []
    : ['', `Tried once more, for they differed the first time: ${count} of ${tried.length} configurations.`];
};

/** What a run has shown of one mesh. */
export const section = (
  title: string,
  parts: readonly Part[],
  tried: readonly Tried[],
  pairs: readonly JudgedPair[],
): string => {
  const reasons = [...notComparable(tried)];
  const contradicted = contradictedPairs(pairs).map(text => `- ${text}`.replaceAll('|', '\\|'));
  const disagreements = [...disagreementList(tried), ...toldList(tried), ...contradicted];
  return [
    `## ${title}`,
    '',
    `${versionLine(parts)}.`,
    '',
    table('', [{ ...totalOf(tried), name: 'all' }]),
    '',
    table('what decided', byCapability(tried)),
    '',
    table('configurations about', byFamily(tried)),
    '',
    ...toldTable(byTold(tried)),
    ...oracleTable(tried),
    ...pairTable(pairs),
    `Not comparable: ${reasons.reduce((sum, [, count]) => sum + count, 0)} of ${tried.length} configurations.`,
    ...reasons.map(([why, count]) => `- ${count}: ${why.replaceAll('\n', ' ').slice(0, 200)}`),
    ...triedAnew(tried),
    ...(disagreements.length === 0 ? [] : ['', 'Disagreements:', '', ...disagreements]),
    '',
  ].join('\n');
};

/** The page around the sections of all meshes. */
const page = (sections: readonly string[]): string =>
  `# Agreement with real meshes

\`npm run agreement\` writes this page. It applies configurations to a real mesh, sends real requests, and holds what happens
against what \`simulate\` predicts from the very objects that the mesh was given. \`testbed/README.md\` tells what the mesh runs on.

A **probe** is one pair of a configuration and a class of requests: requests of one class answer alike all that the model asks of
a request, come from one caller, and reach an application that behaves alike. Several **requests** of one class count once, and
so does what is repeated because it is left to chance (300 times, and judged by chi-square with p < 1e-6). A probe counts for
every capability that decided something on its way, and disagrees when one of its requests does, in any of: the answer, who
gave it, how often it was tried, the path, Host and headers that arrived, the headers that came back, the identity that the
server saw, copies, and deadlines. What differs is sent once more, and its configuration is then tried once more without the
others: a machine may have been slow, and a model stays wrong. Each section tells how many were.

What no single request shows (limits, long deadlines, when to try again, who is taken out) is read from the configuration of the
callers' proxies, where there is a way to read it, and held against the model as numbers: rows **told to proxies**.

What \`compare\` says is tried too: of **pairs** of configurations that differ by one edit. A difference is shown when a request
is treated as only one side treats it; what is said to be equal, when all requests at both sides' borders are treated alike.
Not to be seen is what no application notices (conditions of tries that it cannot bring about, deadlines nobody waits for, small
changes of shares); not to be sent, what nobody in the bed can send.

${sections.join('\n')}`;

/** Puts the section of one mesh into the page, and leaves those of the others as they are. */
export const writeSection = (root: string, title: string, text: string): void => {
  const path = join(root, 'docs', 'reference', 'agreement.md');
  const before = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split(/^(?=## )/m)
        .slice(1)
        .map(other => `${other.trimEnd()}\n`)
    : [];
  const others = before.filter(other => !other.startsWith(`## ${title}\n`));
  writeFileSync(path, page([...others, text].sort()));
};
