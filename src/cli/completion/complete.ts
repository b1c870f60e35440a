import type { Argument, Command, Option } from 'commander';
import { byKey } from '../../base/order.ts';
import { helpTopics } from '../help-topics.ts';
import { shortNames } from '../objects/kinds.ts';
import { commandLine } from '../program.ts';
import { type Known, knownInStore } from './known.ts';

/** What may stand at a place of the command line, and what it means. */
interface Candidate {
  readonly value: string;
  readonly meaning?: string;
}

/** What the shell is to do besides (cobra's ShellCompDirective): nothing else, or offer files. */
const noFiles = 4;
const files = 0;

interface Answer {
  readonly candidates: readonly Candidate[];
  readonly directive: typeof noFiles | typeof files;
}

const nothing: Answer = { candidates: [], directive: noFiles };
const aFile: Answer = { candidates: [], directive: files };

const oneOf = (candidates: readonly (Candidate | string)[]): Answer => ({
  candidates: candidates.map(one => (typeof one === 'string' ? { value: one } : one)),
  directive: noFiles,
});

/** `supergloo __complete WORD…`: what the last word, of which a part may be written, can become. */
export const complete = async (words: readonly string[], version: string): Promise<string> => {
  const program = commandLine(version, () => {});
  const joined = joinedAtEquals(words);
  const last = joined.at(-1) ?? '';
  const { candidates, directive } = await answer(program, joined.slice(0, -1), last);
  const lines = candidates
    .filter(({ value }) => value.startsWith(last))
    .sort(byKey(({ value }) => value))
    .map(({ value, meaning }) => (meaning ? `${value}\t${meaning.split('\n')[0]}` : value));
  return [...lines, `:${directive}`, ''].join('\n');
};

/** Bash takes `--output=json` for three words. */
const joinedAtEquals = (words: readonly string[]): readonly string[] => {
  const joined: string[] = [];
  for (const [at, word] of words.entries()) {
    const before = joined.at(-1) ?? '';
    const isPart = word === '=' ? before.startsWith('--') : words[at - 1] === '=' && before.endsWith('=');
    if (isPart) joined[joined.length - 1] = `${before}${word}`;
    else joined.push(word);
  }
  return joined;
};

const answer = async (program: Command, before: readonly string[], last: string): Promise<Answer> => {
  const [name, ...rest] = before;
  if (name === undefined) return last.startsWith('-') ? flagsOf(program) : oneOf(commandsOf(program));
  const command = program.commands.find(one => one.name() === name);
  if (!command) return nothing;
  if (command.name() === 'help') return rest.length > 0 ? nothing : oneOf([...commandsOf(program), ...topics()]);
  const { option, positionals } = walk(command, rest);
  if (option) return valuesOf(option, command);
  const [flag, value] = last.split(/=(.*)/s);
  const named = value === undefined ? undefined : optionNamed(command, flag ?? '');
  if (named) return prefixed(`${flag}=`, await valuesOf(named, command));
  return last.startsWith('-') ? flagsOf(command) : argumentOf(command, positionals);
};

const prefixed = (prefix: string, { candidates, directive }: Answer): Answer => ({
  candidates: candidates.map(({ value, ...rest }) => ({ value: `${prefix}${value}`, ...rest })),
  directive,
});

const commandsOf = (program: Command): readonly Candidate[] =>
  program
    .createHelp()
    .visibleCommands(program)
    .map(command => ({ value: command.name(), meaning: command.description() }));

const topics = (): readonly Candidate[] =>
  Object.entries(helpTopics).map(([value, { title }]) => ({ value, meaning: title }));

const flagsOf = (command: Command): Answer =>
  oneOf(
    command
      .createHelp()
      .visibleOptions(command)
      .flatMap(({ long, description }) => (long ? [{ value: long, meaning: description }] : [])),
  );

const optionNamed = (command: Command, word: string): Option | undefined =>
  command.options.find(({ short, long }) => word === short || word === long);

/** Which option the next word is the value of, if any, and what stands at the places before. */
const walk = (
  command: Command,
  words: readonly string[],
): { readonly option: Option | undefined; readonly positionals: readonly string[] } => {
  const positionals: string[] = [];
  let option: Option | undefined;
  for (const word of words) {
    if (option) option = undefined;
    else if (word.startsWith('-') && word !== '-') {
      const named = optionNamed(command, word);
      option = named?.required || named?.optional ? named : undefined;
    } else positionals.push(word);
  }
  return { option, positionals };
};

/** By what stands for the value in the help: `<folder>`, `<kind>`. */
const valuesOf = async ({ flags, long, argChoices }: Option, command: Command): Promise<Answer> => {
  if (argChoices) return oneOf(argChoices);
  if (long === '--namespace') return oneOf(namespacesIn(await knownInStore()));
  const place = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? '';
  if (command.name() === 'get' && place === 'format')
    return oneOf(['text', 'wide', 'yaml', 'json', 'name', 'jsonpath=']);
  return place === 'name' ? nothing : placeOf(place, []);
};

const argumentOf = async (command: Command, positionals: readonly string[]): Promise<Answer> => {
  const argument: Argument | undefined =
    command.registeredArguments[positionals.length] ?? command.registeredArguments.findLast(({ variadic }) => variadic);
  if (!argument) return nothing;
  return argument.argChoices ? oneOf(argument.argChoices) : placeOf(argument.name(), positionals);
};

const placeOf = async (place: string, positionals: readonly string[]): Promise<Answer> => {
  switch (place) {
    case 'path':
    case 'paths':
    case 'file':
    case 'folder':
    case 'plan':
      return aFile;
    case 'mesh':
    case 'type[@version':
      return oneOf((await import('../../engine/read.ts')).adapterIds);
    case 'kind':
      return oneOf(kindsIn(await knownInStore()));
    case 'name':
      return oneOf(await namesOf(positionals[0]));
    case 'service':
      return oneOf((await knownInStore()).objects.flatMap(({ kind, address }) => (kind === 'Service' ? address : [])));
    default:
      return nothing;
  }
};

const kindsIn = ({ own, objects }: Known): readonly Candidate[] => {
  const there = new Set(objects.map(({ plural }) => plural));
  for (const { value } of own) there.delete(value);
  return [...own, ...[...there].map(value => ({ value }))];
};

const namespacesIn = ({ objects }: Known): readonly string[] => [
  ...new Set(objects.flatMap(({ namespace }) => namespace ?? [])),
];

/** Names of objects of a kind. */
const namesOf = async (kind = ''): Promise<readonly Candidate[]> => {
  const { own, objects } = await knownInStore();
  const word = shortNames[kind.toLowerCase()] ?? kind.toLowerCase();
  const plural = own.find(({ words }) => words.includes(word))?.value ?? word;
  return objects
    .filter(one => one.plural === plural || one.kind.toLowerCase() === plural)
    .map(({ name, namespace }) => ({ value: name, ...(namespace ? { meaning: `in ${namespace}` } : {}) }));
};
