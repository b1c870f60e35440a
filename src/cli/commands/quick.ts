import type { ApiObject } from '../../api/kind.ts';
import { readApiObject } from '../../api/read-object.ts';
import { toYaml } from '../../base/yaml.ts';
import { type ExitCode, exitCodes, UserError } from '../exit.ts';
import { readInputs } from '../planning/inputs.ts';
import type { PlanningOptions } from '../planning/options.ts';
import { printDocument } from '../print.ts';
import { type QuickAnswers, quickForms, quickPolicy } from '../quick/forms.ts';
import { serviceNamed } from '../quick/service-name.ts';
import { needTarget, runPlan } from './apply.ts';

export interface QuickOptions extends PlanningOptions, Omit<QuickAnswers, 'words' | 'to'> {
  /** The name of the policy. */
  readonly name?: string;
  /** Where the copies go. */
  readonly copyTo?: string;
  readonly apply?: boolean;
  readonly interactive?: boolean;
}

/** `supergloo shift`, `fault`, …: the policy that is meant, printed or applied. */
export const quickCommand = async (
  form: string,
  [service, ...words]: readonly string[],
  options: QuickOptions,
): Promise<ExitCode> => {
  const answers = await completed(form, service, { ...answersIn(options), words }, options);
  const object = quickPolicy(form, serviceNamed(answers.service), answers, options.name);
  check(object);
  if (options.apply) {
    needTarget(options);
    const filename = [...options.filename, '-'];
    return runPlan(options, await readInputs({ ...options, filename }, Buffer.from(toYaml(object))));
  }
  if (options.output === 'json') printDocument('Objects', { items: [object], findings: [] }, 'json');
  else process.stdout.write(toYaml(object));
  return exitCodes.done;
};

const answersIn = ({ copyTo, ...options }: QuickOptions): Omit<QuickAnswers, 'words'> => ({
  ...options,
  ...(copyTo === undefined ? {} : { to: copyTo }),
});

type Completed = QuickAnswers & { readonly service: string };

/** What is missing is asked for with `-i`, and told otherwise. */
const completed = async (
  form: string,
  service: string | undefined,
  answers: QuickAnswers,
  { interactive }: QuickOptions,
): Promise<Completed> => {
  const { needs } = quickForms[form]!;
  const isGiven = (key: keyof QuickAnswers): boolean => (answers[key]?.length ?? 0) > 0;
  const missing = needs.filter(
    ({ key }) => !isGiven(key) && !(key === 'abort' && answers.delay) && !(key === 'words' && answers.perTry),
  );
  if (service !== undefined && missing.length === 0) return { ...answers, service };
  if (!interactive) {
    const flags = missing.map(({ key }) => (key === 'words' ? 'what stands behind the service' : flagOf(key)));
    const all = [...(service === undefined ? ['SERVICE.NAMESPACE'] : []), ...flags];
    throw new UserError(`missing: ${all.join(', ')}; see supergloo ${form} --help, or let -i ask`);
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new UserError('-i needs a terminal to ask on');
  return (await import('../quick/ask.ts')).askFor(service, answers, missing);
};

const flagOf = (key: string): string => (key === 'to' ? '--copy-to' : `--${key}`);

/** What was said is checked before anybody sees it. */
const check = (object: ApiObject): void => {
  const { apiVersion, kind, metadata } = object;
  const ref = {
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  };
  const { findings, spec } = readApiObject({ ref, body: { ...object } });
  if (spec !== undefined) return;
  throw new UserError(findings.map(({ path, message }) => `${path}: ${message}`).join('; '));
};
