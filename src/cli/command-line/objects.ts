import { type Command, Option } from 'commander';
import { type Ended, given, repeatable, withPlanning, withSelection } from './options.ts';

/** Commands about the objects of the API and what follows from them. */
export const addObjects = (program: Command, ended: Ended): void => {
  withPlanning(program.command('plan'))
    .option('--out <file>', 'save the plan, for `supergloo apply FILE`')
    .description('what would be written to each mesh, as a diff, and what became of every wish; writes nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  supergloo plan -f shop/ -f policies/\n  supergloo plan -f policies/ --mesh istio@1.29 --mesh linkerd --to out/',
    )
    .action(async options => {
      ended(await (await import('../commands/plan.ts')).planCommand(options));
    });

  withPlanning(program.command('apply'))
    .description('do what `plan` shows: in a folder, or in a store that takes up the objects and keeps their status')
    .addHelpText(
      'after',
      '\nExamples:\n  supergloo apply -f shop/ -f policies/ --to out/\n  supergloo plan -f shop/ -f policies/ --to out/ --out plan.json; supergloo apply plan.json\n  supergloo init && supergloo apply -f shop/ -f policies/',
    )
    .argument('[plan]', 'a plan that was saved with `plan --out`; it knows its files, and is refused if they changed')
    .action(async (saved, options) => {
      ended(await (await import('../commands/apply.ts')).applyCommand(saved, options));
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
      ended(await (await import('../commands/delete.ts')).deleteCommand(given(kind, name), options));
    });

  withPlanning(program.command('diff'))
    .description('what `apply` would change, and nothing else')
    .addHelpText('after', '\nExample:\n  supergloo diff -f shop/ -f policies/ --to out/')
    .action(async options => {
      ended(await (await import('../commands/diff.ts')).diffCommand(options));
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
      ended(await (await import('../commands/get.ts')).getCommand(given(kind, name), options));
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
      ended(await (await import('../commands/describe.ts')).describeCommand(given(kind, name), options));
    });

  program
    .command('init')
    .description('make a store for the objects of the API, which works with nothing else installed')
    .argument('[folder]', 'where', '.')
    .option('--files', 'the manifests in the folder are the objects; by default they are kept in one file of SQLite')
    .addHelpText('after', '\nExample:\n  supergloo init shop/')
    .action(async (folder, options) => {
      ended(await (await import('../commands/init.ts')).initCommand(folder, options));
    });
};
