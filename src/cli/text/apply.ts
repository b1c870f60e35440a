import { objectTitle } from '../../base/source.ts';
import type { Step } from '../../engine/plan/steps.ts';
import type { Planned } from '../planning/planned.ts';
import { style } from './columns.ts';
import { findingsText } from './findings.ts';
import { lossesText, meshText, notDoneText, planText } from './plan.ts';

const words: Readonly<Record<Step['action'], string>> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  keep: 'unchanged',
};

/** What was done, an object a line, and what became of the wishes by it. */
export const applyText = async (planned: Planned): Promise<string> => {
  const { plan, decision, inputs } = planned;
  if (decision.isRefused) return `${await planText(planned)}${style.bold('nothing is written')}\n`;
  const { locate, target } = inputs;
  const all = [...target.taken.map(({ action, object }) => ({ action, object: object.ref })), ...plan.steps];
  const done = all.filter(step => !('refused' in step) || step.refused === undefined);
  const findings = [...inputs.findings, ...plan.findings].filter(({ severity }) => severity !== 'info');
  const parts = [
    done.map(({ action, object }) => `${words[action].padEnd(9)} ${objectTitle(object)}\n`).join(''),
    ...decision.notDone.map(notDoneText),
    ...(await Promise.all(plan.meshes.map(mesh => meshText(mesh, locate)))),
    await lossesText(decision.losses, locate),
    findings.length > 0 ? `${style.bold('to know')}\n${await findingsText(findings, locate)}` : '',
    summaryText(done, decision.notDone.length),
  ];
  return parts.filter(part => part !== '').join('\n');
};

const summaryText = (done: readonly Pick<Step, 'action'>[], notDone: number): string => {
  const counts = (Object.keys(words) as Step['action'][]).map(
    action => `${done.filter(step => step.action === action).length} ${words[action]}`,
  );
  return `${style.bold([...counts, ...(notDone > 0 ? [`${notDone} not done`] : [])].join(', '))}\n`;
};
