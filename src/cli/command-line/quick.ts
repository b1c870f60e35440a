import { type Command, Option } from 'commander';
import { collect, type Ended, withPlanning } from './options.ts';

const many = (flags: string, description: string): Option =>
  new Option(flags, `${description} (repeatable)`).argParser(collect);

/** Short ways to say one policy for one service. */
export const addQuick = (program: Command, ended: Ended): void => {
  const quick = (form: string, description: string, behind?: string): Command => {
    const command = program.command(form).description(description).argument('[service]', 'SERVICE.NAMESPACE');
    if (behind) command.argument('[words...]', behind);
    withPlanning(command)
      .option('--name <name>', 'the name of the policy; by default SERVICE-FORM')
      .option('--apply', 'apply it, with what else -f names')
      .option('-i, --interactive', 'ask on the terminal for what is missing');
    return command.action(async (...given: unknown[]) => {
      const [service, words] = given as [string | undefined, unknown];
      const all = [...(service === undefined ? [] : [service]), ...(Array.isArray(words) ? words : [])];
      ended(await (await import('../commands/quick.ts')).quickCommand(form, all, command.opts()));
    });
  };
  const withPercent = (command: Command): Command =>
    command.option('--percent <number>', 'how many of the requests; by default all of them');
  const withCallers = (command: Command): Command =>
    command
      .addOption(many('--from <who>', 'sa:NAMESPACE/NAME, ns:NAMESPACE, a SPIFFE id, or authenticated'))
      .addOption(many('--method <method>', 'only this method'))
      .addOption(many('--path <path>', 'only this path and what is below it; =PATH is this path alone'));

  quick(
    'shift',
    'shares of the requests to a service',
    'NAME=WEIGHT: pods with the label version=NAME, or another service',
  )
    .option('--label <key>', 'the label by which versions differ', 'version')
    .addHelpText('after', '\nExample:\n  supergloo shift reviews.shop v1=90 v2=10');
  withPercent(quick('fault', 'failures on purpose'))
    .option('--abort <status>', 'answer with this status')
    .option('--delay <duration>', 'let requests wait so long')
    .addHelpText('after', '\nExample:\n  supergloo fault ratings.shop --abort 503 --percent 10');
  quick('retry', 'further tries of requests that failed')
    .option('--attempts <number>', 'how many after the first')
    .option('--on <conditions>', 'what counts as failed, with commas between: 5xx,gateway-error')
    .option('--per-try <duration>', 'how long one try may take')
    .addHelpText('after', '\nExample:\n  supergloo retry reviews.shop --attempts 2 --on gateway-error,connect-failure');
  quick('timeout', 'how long clients wait for an answer', 'how long for the whole answer, over all tries')
    .option('--per-try <duration>', 'how long one try may take')
    .addHelpText('after', '\nExample:\n  supergloo timeout reviews.shop 2s --per-try 500ms');
  withPercent(quick('mirror', 'copies of requests for another service'))
    .option('--copy-to <service>', 'which service gets them, SERVICE.NAMESPACE')
    .addHelpText('after', '\nExample:\n  supergloo mirror reviews.shop --copy-to reviews-next.shop --percent 5');
  withCallers(quick('allow', 'who may call a service; nobody else may then')).addHelpText(
    'after',
    '\nExample:\n  supergloo allow reviews.shop --from sa:shop/web --method GET --path /reviews',
  );
  withCallers(quick('deny', 'who may not call a service')).addHelpText(
    'after',
    '\nExample:\n  supergloo deny payments.shop --from ns:test --apply',
  );
};
