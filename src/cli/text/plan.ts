import { groupBy } from '../../base/order.ts';
import { objectTitle } from '../../base/source.ts';
import { toYaml } from '../../base/yaml.ts';
import type { Decision, Lost } from '../../engine/apply/decision.ts';
import { identityOf } from '../../engine/plan/ownership.ts';
import type { MeshPlan, Plan } from '../../engine/plan/plan.ts';
import type { ObjectStatus } from '../../engine/plan/status.ts';
import { asWritten, type Step } from '../../engine/plan/steps.ts';
import { meshesOf } from '../planning/document.ts';
import type { Inputs } from '../planning/inputs.ts';
import { placeText } from '../print.ts';
import type { Locate } from '../source.ts';
import { counted, style } from './columns.ts';
import { findingsText } from './findings.ts';
import { unifiedDiff } from './unified-diff.ts';

/** What becomes of the wishes in each mesh, what is to be done about it, and what is lost. */
export const planText = async (plan: Plan, decision: Decision, inputs: Inputs): Promise<string> => {
  const { locate } = inputs;
  const findings = [...inputs.findings, ...plan.findings].filter(({ severity }) => severity !== 'info');
  const parts = [
    ...(await Promise.all(plan.meshes.map(mesh => meshText(mesh, locate)))),
    ...decision.steps.map(step => stepText(step, plan)),
    ...decision.byHand.map(byHandText),
    await lossesText(decision.losses, locate),
    findings.length > 0 ? `${style.bold('to know')}\n${await findingsText(findings, locate)}` : '',
    summaryText(decision),
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

const meshText = async ({ mesh, isAssumed, status }: MeshPlan, locate: Locate): Promise<string> => {
  const version = mesh.version === undefined ? '' : ` ${mesh.version}`;
  const lines = [style.bold(`${mesh.id}${version}${isAssumed ? ' (assumed)' : ''}`)];
  for (const { object, result, fields } of status) {
    const note = result === 'none' ? style.dim('  nothing of it is for this mesh') : '';
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

const signs: Readonly<Record<Step['action'], string>> = {
  create: style.green('+'),
  update: style.yellow('~'),
  delete: style.red('-'),
  keep: ' ',
};

const yamlOf = (object: Readonly<Record<string, unknown>> | undefined): string =>
  object ? toYaml(asWritten(object)) : '';

const diffOf = ({ before, after }: Step): string => unifiedDiff(yamlOf(before), yamlOf(after), '    ');

const stepText = (step: Step, plan: Plan): string => {
  const meshes = meshesOf(plan, identityOf(step.object));
  const whose = meshes.length > 0 ? style.dim(`  ${meshes.join(', ')}`) : '';
  return `${signs[step.action]} ${style.bold(objectTitle(step.object))}${whose}\n${diffOf(step)}`;
};

const byHandText = (step: Step): string => {
  const { kind, namespace, name } = step.object;
  const flag = `--adopt ${[kind, namespace, name].filter(part => part).join('/')}`;
  return `${style.yellow('!')} ${style.bold(objectTitle(step.object))} is not ours, and stays as it is: make this change yourself, or name it with ${flag}\n${diffOf(step)}`;
};

const lossesText = async (losses: readonly Lost[], locate: Locate): Promise<string> => {
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

const summaryText = ({ steps, unchanged, byHand, losses, weaker, isRefused }: Decision): string => {
  const count = (action: Step['action']): number => steps.filter(step => step.action === action).length;
  const parts = [
    `${count('create')} to create`,
    `${count('update')} to change`,
    `${count('delete')} to delete`,
    `${unchanged} unchanged`,
    ...(byHand.length > 0 ? [`${byHand.length} by hand`] : []),
    ...(losses.length > 0 ? [counted(losses.length, 'loss').replace('losss', 'losses')] : []),
  ];
  const refusal = isRefused
    ? `${style.red('refused:')} access or encryption would be weaker. To accept: ${weaker.map(code => `--accept ${code}`).join(' ')}\n`
    : '';
  return `${style.bold(parts.join(', '))}\n${refusal}`;
};
