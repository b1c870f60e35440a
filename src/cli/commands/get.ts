import { toYaml, toYamlStream } from '../../base/yaml.ts';
import { asWritten } from '../../engine/plan/steps.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { type ExitCode, exitCodes, UserError } from '../exit.ts';
import { filled } from '../objects/json-path.ts';
import { readObjects, type Selection, type SelectionOptions, select } from '../objects/selection.ts';
import { resourceName, tables } from '../objects/table.ts';
import { printDocument } from '../print.ts';

export interface GetOptions extends SelectionOptions {
  readonly output: string;
  readonly showManaged?: boolean;
}

const formats = ['text', 'wide', 'yaml', 'json', 'name'] as const;
const template = 'jsonpath=';

/** `supergloo get`: objects of a kind as a table, or as they can be applied again. */
export const getCommand = async (words: readonly string[], options: GetOptions): Promise<ExitCode> => {
  const { output } = options;
  if (!formats.some(one => one === output) && !output.startsWith(template))
    throw new UserError(`-o \`${output}\`: there are ${formats.join(', ')} and ${template}…`);
  const selection = select(await readObjects(options), words, options);
  print(selection, options);
  if (selection.objects.length === 0 && output === 'text')
    process.stderr.write(`there is no ${selection.kind.title} here\n`);
  return exitCodes.done;
};

const print = (selection: Selection, { output, namespace, showManaged = false }: GetOptions): void => {
  const { objects, name } = selection;
  const printed = objects.map(object => published(object, showManaged));
  if (output === 'json') printDocument('Objects', { items: printed, findings: [] }, 'json');
  else if (output === 'yaml') process.stdout.write(printed.length === 1 ? toYaml(printed[0]) : toYamlStream(printed));
  else if (output === 'name') process.stdout.write(objects.map(object => `${resourceName(object)}\n`).join(''));
  else if (output.startsWith(template)) {
    const whole = objects.map(({ body }) => body);
    const root = name === undefined || whole.length > 1 ? { items: whole } : whole[0];
    process.stdout.write(filled(output.slice(template.length), root));
  } else {
    const isOneNamespace = namespace !== undefined;
    process.stdout.write(tables(selection, { isWide: output === 'wide', isOneNamespace, now: Date.now() }));
  }
};

/** As its author would write it, so that it can be applied again; with `--show-managed`, as it is kept. */
const published = ({ body }: NativeObject, showManaged: boolean): object => {
  const { apiVersion, kind, metadata, ...rest } = showManaged ? body : asWritten(body);
  return { apiVersion, kind, metadata, ...rest };
};
