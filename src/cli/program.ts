import { Command, CommanderError, Option } from 'commander';
import { type ExitCode, exitCodes, UserError } from './exit.ts';

/** What every command has: where to read from and how to print. */
export interface SourceOptions {
  readonly filename: readonly string[];
  readonly output: 'text' | 'json' | 'yaml';
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const withSource = (command: Command): Command =>
  command
    .addOption(
      new Option('-f, --filename <path>', 'file, folder or - for standard input (repeatable)')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json', 'yaml']).default('text'));

const repeatable = (flags: string, description: string): Option =>
  new Option(flags, `${description} (repeatable)`).argParser(collect).default([], 'none');

/** What every command has that looks at objects. */
const withSelection = (command: Command): Command =>
  command
    .addOption(repeatable('-f, --filename <path>', 'look into this file or folder instead of the store'))
    .option('--store <path>', 'the store; else SUPERGLOO_STORE, or the nearest one from here upwards')
    .option('-n, --namespace <name>', 'only in this namespace');

const given = (...words: readonly (string | undefined)[]): readonly string[] =>
  words.flatMap(word => (word === undefined ? [] : word));

/** What every command has that plans. */
const withPlanning = (command: Command): Command =>
  withSource(command)
    .addOption(repeatable('--mesh <type[@version]>', 'plan for this mesh also where nothing shows that it is there'))
    .option('--owner <name>', 'whose objects these are; other objects are never changed or deleted', 'default')
    .option('--to <folder>', 'the folder that the objects are for, one file each')
    .option('--store <path>', 'the store that they are for; else SUPERGLOO_STORE, or the nearest one from here upwards')
    .addOption(
      repeatable('--adopt <kind/namespace/name>', 'change this object too, which is not ours, where a mesh needs it'),
    )
    .option('--force-conflicts', 'take over fields that others own in the store')
    .addOption(repeatable('--accept <code>', 'accept what gets weaker by its code, such as access-deny'));

/**
 * The whole command line. Nothing runs before it is parsed, so its help can be printed without doing anything; `ended`
 * hears the exit code of the command that ran.
 */
export const commandLine = (version: string, ended: (code: ExitCode) => void): Command => {
  const program = new Command('supergloo')
    .description(
      'One control tool for every service mesh: see what is there, ask what happens to a request, convert, compare.',
    )
    .version(version, '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 could not; 2 usage; 3 done, with losses or differences; 4 it would be weaker.',
    );

  withSource(program.command('discover'))
    .description('meshes, workloads really in them, services, policies, and what could not be read')
    .addHelpText('after', '\nExample:\n  supergloo discover -f shop/')
    .action(async options => {
      ended(await (await import('./commands/discover.ts')).discover(options));
    });

  withSource(program.command('check'))
    .description('problems of the configuration, each with a code, its place and a next step')
    .addHelpText('after', '\nExample:\n  supergloo check -f shop/')
    .action(async options => {
      ended(await (await import('./commands/check.ts')).check(options));
    });

  withSource(program.command('explain'))
    .description('what happens to one request: each hop, which rule decides, and where it is written')
    .requiredOption('--from <caller>', 'NAMESPACE/WORKLOAD, sa:NAMESPACE/NAME, or outside')
    .requiredOption('--to <destination>', 'SERVICE.NAMESPACE[:PORT] or HOST[:PORT]')
    .option('--method <method>', 'the method', 'GET')
    .option('--path <path>', 'the path, with its query', '/')
    .addOption(new Option('--header <name=value>', 'a header (repeatable)').argParser(collect).default([], 'none'))
    .option('--host <authority>', 'the Host header, if it is not what is dialled')
    .addOption(
      new Option('--protocol <name>', 'what is spoken').choices(['http', 'grpc', 'tcp', 'tls']).default('http'),
    )
    .addOption(new Option('--scheme <name>', 'how the caller asks').choices(['http', 'https']).default('http'))
    .option('--sni <name>', 'the TLS server name')
    .option('--claim <name=value>', 'a claim of a valid token (repeatable)', collect)
    .option('--via <gateway>', 'enter through this gateway, NAMESPACE/NAME')
    .addHelpText(
      'after',
      '\nExample:\n  supergloo explain -f shop/ --from shop/web --to reviews.shop:9080 --path /reviews/1 --header end-user=ann',
    )
    .action(async options => {
      ended(await (await import('./commands/explain.ts')).explain(options));
    });

  withSource(program.command('convert'))
    .description('native configuration of one mesh to another, with a ledger of what became of every field')
    .requiredOption('--from <mesh>', 'the mesh it is written for')
    .requiredOption('--to <mesh>', 'the mesh to write it for')
    .option('--out <dir>', 'write one file per object')
    .option('--form <form>', 'write them in another form of the mesh: hcl or json, for consul')
    .option('--ledger <file>', 'write the ledger there instead of standard error')
    .addOption(
      new Option('--accept <code>', 'accept a loss of security by its code (repeatable)')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--no-verdict', 'do not ask what is written whether it does what was wished; the ledger alone decides')
    .addHelpText('after', '\nExample:\n  supergloo convert -f shop/ --from istio --to linkerd --out linkerd/')
    .action(async options => {
      ended(await (await import('./commands/convert.ts')).convertCommand(options));
    });

  program
    .command('compare')
    .description('whether two configurations do the same, or the smallest request that tells them apart')
    .argument('[paths...]', 'two files or folders, one of them may be -; with --rev, a folder of a git repository')
    .addOption(
      new Option('--rev <revision>', 'compare this revision with the working tree, or two with each other')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--map <file>', 'which service id of the first side is which of the second, as YAML or JSON')
    .addOption(
      new Option('--moved <who>', 'who has the second side already, while the others have the first').choices([
        'clients',
        'servers',
      ]),
    )
    .addOption(
      new Option('--accept <code>', 'accept what is weaker by its code, such as access-looser (repeatable)')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['text', 'json', 'yaml', 'markdown', 'sarif'])
        .default('text'),
    )
    .addHelpText('after', '\nExamples:\n  supergloo compare shop/ shop-edited/\n  supergloo compare --rev main shop/')
    .action(async (paths, options) => {
      ended(await (await import('./commands/compare.ts')).compareCommand(paths, options));
    });

  withPlanning(program.command('plan'))
    .option('--out <file>', 'save the plan, for `supergloo apply FILE`')
    .description('what would be written to each mesh, as a diff, and what became of every wish; writes nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  supergloo plan -f shop/ -f policies/\n  supergloo plan -f policies/ --mesh istio@1.29 --mesh linkerd --to out/',
    )
    .action(async options => {
      ended(await (await import('./commands/plan.ts')).planCommand(options));
    });

  withPlanning(program.command('apply'))
    .description('do what `plan` shows: in a folder, or in a store that takes up the objects and keeps their status')
    .addHelpText(
      'after',
      '\nExamples:\n  supergloo apply -f shop/ -f policies/ --to out/\n  supergloo plan -f shop/ -f policies/ --to out/ --out plan.json; supergloo apply plan.json\n  supergloo init && supergloo apply -f shop/ -f policies/',
    )
    .argument('[plan]', 'a plan that was saved with `plan --out`; it knows its files, and is refused if they changed')
    .action(async (saved, options) => {
      ended(await (await import('./commands/apply.ts')).applyCommand(saved, options));
    });

  withPlanning(program.command('delete'))
    .description('take objects out of the store, and what was written for them alone')
    .argument('[kind]', 'the kind, or KIND/NAME')
    .argument('[name]', 'the name, or NAMESPACE/NAME')
    .option('-n, --namespace <name>', 'the namespace of the object')
    .addHelpText(
      'after',
      '\nExamples:\n  supergloo delete trafficpolicy reviews -n shop\n  supergloo delete -f policies/reviews.yaml',
    )
    .action(async (kind, name, options) => {
      ended(await (await import('./commands/delete.ts')).deleteCommand(given(kind, name), options));
    });

  withPlanning(program.command('diff'))
    .description('what `apply` would change, and nothing else')
    .addHelpText('after', '\nExample:\n  supergloo diff -f shop/ -f policies/ --to out/')
    .action(async options => {
      ended(await (await import('./commands/diff.ts')).diffCommand(options));
    });

  withSelection(program.command('get'))
    .description('objects of a kind as a table, or as they can be applied again')
    .argument('<kind>', 'the kind, its plural or short name, KIND/NAME, or `all`')
    .argument('[name]', 'the name, or NAMESPACE/NAME')
    .option('-o, --output <format>', 'text, wide, yaml, json, name or jsonpath=TEMPLATE', 'text')
    .option('--show-managed', 'with what the store itself says of the objects, and their status')
    .addHelpText(
      'after',
      '\nExamples:\n  supergloo get trafficpolicies\n  supergloo get tp reviews -n shop -o yaml\n  supergloo get all -o jsonpath=\'{range .items[*]}{.metadata.name}{"\\n"}{end}\'',
    )
    .action(async (kind, name, options) => {
      ended(await (await import('./commands/get.ts')).getCommand(given(kind, name), options));
    });

  withSelection(program.command('describe'))
    .description('one object: its conditions, what became of each field in each mesh, what is written because of it')
    .argument('<kind>', 'the kind, or KIND/NAME')
    .argument('[name]', 'the name, or NAMESPACE/NAME')
    .addOption(repeatable('--mesh <type[@version]>', 'look also at this mesh, though nothing shows that it is there'))
    .option('--owner <name>', 'whose objects are looked at', 'default')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json', 'yaml']).default('text'))
    .addHelpText('after', '\nExample:\n  supergloo describe trafficpolicy reviews -n shop')
    .action(async (kind, name, options) => {
      ended(await (await import('./commands/describe.ts')).describeCommand(given(kind, name), options));
    });

  program
    .command('init')
    .description('make a store for the objects of the API, which works with nothing else installed')
    .argument('[folder]', 'where', '.')
    .option('--files', 'the manifests in the folder are the objects; by default they are kept in one file of SQLite')
    .addHelpText('after', '\nExample:\n  supergloo init shop/')
    .action(async (folder, options) => {
      ended(await (await import('./commands/init.ts')).initCommand(folder, options));
    });

  program
    .command('version')
    .description('the version of this program, of Node, and what it reads')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json', 'yaml']).default('text'))
    .addHelpText('after', '\nExample:\n  supergloo version -o json')
    .action(async options => {
      ended(await (await import('./commands/version.ts')).versionCommand(options, version));
    });

  return program;
};

/** The kind of the one document that each command prints. */
const documentKinds: Readonly<Record<string, string>> = {
  discover: 'Discovery',
  check: 'Check',
  explain: 'Explanation',
  convert: 'Conversion',
  compare: 'Comparison',
  plan: 'Plan',
  apply: 'Apply',
  delete: 'Delete',
  diff: 'Plan',
  get: 'Objects',
  describe: 'Description',
  version: 'Version',
};

/** Parses the command line, runs one command, and gives the exit code. */
export const run = async (args: readonly string[], version: string): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.done;
  let running: Command | undefined;
  const program = commandLine(version, ended => {
    code = ended;
  });
  program.hook('preAction', (_, command) => {
    running = command;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (!(error instanceof UserError) || !running) throw error;
    await sayWrong(error, running);
    return error.exitCode;
  }
};

/** On standard error, or in the document that was asked for. */
const sayWrong = async (error: UserError, command: Command): Promise<void> => {
  const { output } = command.opts<{ readonly output: string }>();
  if (output !== 'json' && output !== 'yaml') {
    process.stderr.write(`supergloo: ${error.message}\n`);
    return;
  }
  const { printDocument } = await import('./print.ts');
  const findings = [{ code: error.code, severity: 'error', message: error.message }];
  printDocument(documentKinds[command.name()] ?? 'Error', { findings }, output);
};
