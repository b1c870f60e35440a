import { type Command, Option } from 'commander';
import { collect, type Ended, withSource } from './options.ts';

/** Commands that read and answer. */
export const addReading = (program: Command, ended: Ended): void => {
  withSource(program.command('discover'))
    .description('meshes, workloads really in them, services, policies, and what could not be read')
    .addHelpText('after', '\nExample:\n  supergloo discover -f shop/')
    .action(async options => {
      ended(await (await import('../commands/discover.ts')).discover(options));
    });

  withSource(program.command('check'))
    .description('problems of the configuration, each with a code, its place and a next step')
    .addHelpText('after', '\nExample:\n  supergloo check -f shop/')
    .action(async options => {
      ended(await (await import('../commands/check.ts')).check(options));
    });

  withSource(program.command('explain'))
    .description('what happens to one request: each hop, which rule decides, and where it is written')
    .requiredOption('--from <caller>', 'NAMESPACE/WORKLOAD, sa:NAMESPACE/NAME, JOINED-MESH/NAME, or outside')
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
      ended(await (await import('../commands/explain.ts')).explain(options));
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
      ended(await (await import('../commands/convert.ts')).convertCommand(options));
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
      ended(await (await import('../commands/compare.ts')).compareCommand(paths, options));
    });
};
