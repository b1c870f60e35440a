import { groupBy } from '../../base/order.ts';
import { objectTitle } from '../../base/source.ts';
import { toYaml } from '../../base/yaml.ts';
import type { Decision, Lost } from '../../engine/apply/decision.ts';
import type { MeshPlan } from '../../engine/plan/plan.ts';
import type { ObjectStatus } from '../../engine/plan/status.ts';
import { asWritten, type Step } from '../../engine/plan/steps.ts';
import type { MeshVerdict } from '../../engine/plan/verdict.ts';
import type { Inputs } from '../planning/inputs.ts';
import { nameOf } from '../planning/make-plan.ts';
import type { Planned } from '../planning/planned.ts';
import { placeText } from '../print.ts';
import type { Locate } from '../source.ts';
import type { Taken } from '../targets/target.ts';
import { style } from './columns.ts';
import { findingsText } from './findings.ts';
import { unifiedDiff } from './unified-diff.ts';
import { differenceTexts } from './verdict.ts';

/** What becomes of the wishes in each mesh, what is to be done about it, and what is lost. */
export const planText = async (planned: Planned): Promise<string> => {
  const { plan, verdicts, decision, inputs } = planned;
  const { locate } = inputs;
  const findings = [...inputs.findings, ...plan.findings].filter(({ severity }) => severity !== 'info');
  const parts = [
    ...(await Promise.all(plan.meshes.map(mesh => meshText(mesh, locate)))),
    takenText(inputs.target.taken),
    ...decision.steps.map(stepText),
    ...decision.notDone.map(notDoneText),
    await lossesText(decision.losses, locate),
    ...(await Promise.all(verdicts.map(verdict => verdictText(verdict, decision, inputs)))),
    findings.length > 0 ? `${style.bold('to know')}\n${await findingsText(findings, locate)}` : '',
    summaryText(planned),
  ];
  return parts.filter(part => part !== '').join('\n');
};

const paint: Readonly<Record<ObjectStatus['result'], (text: string) => string>> = {
  applied: style.green,
  approximated: style.yellow,
  refused: style.red,
  overruled: style.dim,
  none: style.dim,
};

export const meshText = async ({ mesh, isAssumed, status }: MeshPlan, locate: Locate): Promise<string> => {
  const version = mesh.version === undefined ? '' : ` ${mesh.version}`;
  const lines = [style.bold(`${mesh.id}${version}${isAssumed ? ' (assumed)' : ''}`)];
  for (const { object, result, fields } of status) {
    const note = result === 'none' ? style.dim('  has no effect here') : '';
    lines.push(`  ${paint[result](result.padEnd(12))} ${objectTitle(object)}${note}`);
    for (const { path, result: became, message } of fields) {
      if (became === 'applied') continue;
      const place = await placeText({ object, path }, locate);
      lines.push(`      ${paint[became](became)} ${path}${message ? `: ${message}` : ''}  ${style.dim(place)}`);
    }
  }
  if (status.length === 0) lines.push(`  ${style.dim('nothing is wished here')}`);
  return `${lines.join('\n')}\n`;
};

export const signs: Readonly<Record<Step['action'], string>> = {
  create: style.green('+'),
  update: style.yellow('~'),
  delete: style.red('-'),
  keep: ' ',
};

/** In the customary order of an object. */
const yamlOf = (object: Readonly<Record<string, unknown>> | undefined): string => {
  if (!object) return '';
  const { apiVersion, kind, metadata, ...rest } = asWritten(object);
  return toYaml({ apiVersion, kind, metadata, ...rest });
};

const diffOf = ({ before, after }: Step): string => unifiedDiff(yamlOf(before), yamlOf(after), '    ');

/** What a store is to take up of what the user named: what is new in a line, what changes as a diff. */
const takenText = (taken: readonly Taken[]): string =>
  taken
    .filter(({ action }) => action !== 'keep')
    .map(({ action, object, before }) => {
      const title = `${signs[action]} ${style.bold(objectTitle(object.ref))}${style.dim(`  ${action === 'delete' ? 'as you say' : 'as you wrote it'}`)}\n`;
      return before
        ? `${title}${unifiedDiff(yamlOf(before), action === 'delete' ? '' : yamlOf(object.body), '    ')}`
        : title;
    })
    .join('');

const stepText = (step: Step): string => {
  const { action, object, mesh } = step;
  return `${signs[action]} ${style.bold(objectTitle(object))}${mesh ? style.dim(`  for ${mesh}`) : ''}\n${diffOf(step)}`;
};

export const notDoneText = (step: Step): string =>
  `${style.yellow('!')} ${style.bold(objectTitle(step.object))}: ${step.action === 'delete' ? 'not deleted' : 'not done'}, ${step.refused}\n${step.action === 'delete' ? '' : diffOf(step)}${adviceOn(step)}`;

const adviceOn = ({ because, object }: Step): string =>
  because === 'foreign'
    ? style.dim(`    next: make this change yourself, or allow it with --adopt ${nameOf(object)}\n`)
    : '';

/** What gets weaker, shown by a request; and where what is written does not do what was wished, though nothing told it. */
export const verdictText = async (
  { mesh, change, kept }: MeshVerdict,
  { losses }: Decision,
  { locate }: Inputs,
): Promise<string> => {
  const weaker = change.services.filter(({ verdict }) => verdict !== 'stricter');
  const untold = losses.some(loss => loss.mesh === mesh.id) ? [] : kept.services;
  const lines = [
    ...(await differenceTexts(weaker, ['now', 'then'], { locate })),
    ...(await differenceTexts(untold, ['wished', 'then'], { locate })),
  ];
  return lines.length > 0 ? `${style.bold(`asked of ${mesh.id}`)}\n${lines.join('\n')}\n` : '';
};

export const lossesText = async (losses: readonly Lost[], locate: Locate): Promise<string> => {
  if (losses.length === 0) return '';
  const lines = [style.bold(`losses (${losses.length})`)];
  for (const group of groupBy(losses, ({ mesh, loss }) => `${mesh} ${loss.code} ${loss.message}`).values()) {
    const [{ mesh, loss, result }] = group as [Lost, ...Lost[]];
    const times = group.length > 1 ? ` (${group.length} times)` : '';
    const code = loss.severity === 'security' ? style.red(loss.code) : loss.code;
    const places = new Set(await Promise.all(group.map(({ source }) => placeText(source, locate))));
    lines.push(`  ${mesh}: ${code}  ${result}: ${loss.message}${times}  ${style.dim([...places].join(' ').trim())}`);
    if (loss.workaround) lines.push(`      instead: ${loss.workaround}`);
  }
  return `${lines.join('\n')}\n`;
};

/** Only the steps. */
export const diffText = (planned: Planned): string => {
  const { decision, inputs } = planned;
  const parts = [
    takenText(inputs.target.taken),
    ...decision.steps.map(stepText),
    ...decision.notDone.map(notDoneText),
    summaryText(planned),
  ];
  return parts.filter(part => part !== '').join('\n');
};

const summaryText = ({ inputs, decision }: Planned): string => {
  const { steps, unchanged, notDone, losses, weaker, isRefused } = decision;
  const all = [...steps, ...inputs.target.taken];
  const count = (action: Step['action']): number => all.filter(step => step.action === action).length;
  const parts = [
    `${count('create')} to create`,
    `${count('update')} to change`,
    `${count('delete')} to delete`,
    `${count('keep') + unchanged} unchanged`,
    ...(notDone.length > 0 ? [`${notDone.length} not done`] : []),
    ...(losses.length > 0 ? [`${losses.length} ${losses.length === 1 ? 'loss' : 'losses'}`] : []),
  ];
  return `${style.bold(parts.join(', '))}\n${isRefused ? refusalText(weaker) : ''}`;
};

export const refusalText = (weaker: readonly string[]): string =>
  `${style.red('refused:')} access or encryption would be weaker. To accept: ${weaker.map(code => `--accept ${code}`).join(' ')}\n`;
