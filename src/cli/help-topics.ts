import { exitCodes } from './exit.ts';

/** What each exit code means, wherever it is told. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done, and nothing that was written is lost; what is compared is equal',
  failed: 'could not do it, or nothing could be read',
  usage: 'the command line is not right, or a file that it names is not there',
  differs: 'done, with losses of behaviour that was written, differences, or objects that could not be read',
  weaker:
    'refused, or compared and found so: access or encryption would get weaker; `--accept CODE` turns a named one into 3',
};

const wrapped = (text: string, indent: string): string =>
  text.replace(/(?![^\n]{1,76}$)([^\n]{1,76})\s/g, `$1\n${indent}`);

const environment: readonly (readonly [string, string])[] = [
  ['SUPERGLOO_STORE', 'the store, as with --store'],
  ['NO_COLOR', 'set to anything: no colours; there are none anyway where the output is no terminal'],
];

const codesText = (Object.keys(exitCodes) as (keyof typeof exitCodes)[])
  .map(name => `  ${exitCodes[name]}  ${wrapped(exitMeanings[name], '     ')}\n`)
  .join('');

/** What `supergloo help TOPIC` prints. */
export const helpTopics: Readonly<Record<string, { readonly title: string; readonly text: string }>> = {
  'exit-codes': {
    title: 'what the exit code of every command means',
    text: `The same everywhere:\n\n${codesText}\n\`plan\` and \`diff\` also end with 3 where there is something to do.\n`,
  },
  output: {
    title: 'what goes where, and the formats of -o',
    text: `Data goes to standard output; the ledger of a conversion, notes and progress go to standard error.
The same input gives the same bytes.

  -o text   for people; colours only on a terminal
  -o json   one document: {"apiVersion":"cli.supergloo.dev/v1","kind":…,"findings":[…]}, errors included;
            fields may be added, none is renamed
  -o yaml   the same document; for \`get\` and \`convert\` the objects themselves, which can be applied
  get       besides: wide, name, jsonpath=TEMPLATE
  compare   besides: markdown, sarif
`,
  },
  environment: {
    title: 'the environment variables that are looked at',
    text: environment.map(([name, meaning]) => `  ${name.padEnd(16)} ${meaning}\n`).join(''),
  },
};
