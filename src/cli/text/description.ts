import { objectTitle } from '../../base/source.ts';
import { toYaml } from '../../base/yaml.ts';
import type { MeshStatus, Status } from '../../engine/apply/status.ts';
import { asWritten } from '../../engine/plan/steps.ts';
import { createdAt } from '../../native/snapshot.ts';
import type { Child, Description } from '../commands/describe.ts';
import { since } from '../objects/table.ts';
import { columns, style } from './columns.ts';

/** What was written, whether it counts, what became of each field, and what is written because of it. */
export const descriptionText = ({ object, status, children }: Description, now: number): string => {
  const { apiVersion: _, kind: __, metadata: ___, ...rest } = asWritten(object.body);
  const created = createdAt(object);
  const age = created === '' ? '' : style.dim(`  ${since(created, now)} old`);
  const parts = [
    `${style.bold(objectTitle(object.ref))}${age}\n${indented(toYaml(rest))}`,
    status ? conditionsText(status, now) : '',
    ...(status?.meshes ?? []).map(meshText),
    childrenText(children),
  ];
  return parts.filter(part => part !== '').join('\n');
};

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');

const conditionsText = ({ conditions }: Status, now: number): string => {
  const rows = conditions.map(({ type, status, reason, message, lastTransitionTime }) => [
    type,
    status === 'True' ? style.green(status) : style.red(status),
    reason,
    message,
    style.dim(`for ${since(lastTransitionTime, now)}`),
  ]);
  return `${style.bold('conditions')}\n${columns(rows, '  ')}`;
};

const meshText = ({ mesh, result, fields }: MeshStatus): string => {
  const rows = fields.map(({ path, result: became, code, message }) => [became, path, code ?? '', message ?? '']);
  return `${style.bold(`in ${mesh}`)}: ${result === 'none' ? 'has no effect' : result}\n${columns(rows, '  ')}`;
};

const childrenText = (children: readonly Child[]): string => {
  if (children.length === 0) return '';
  const rows = children.map(({ object, mesh, share }) => [
    objectTitle(object),
    object.apiVersion,
    mesh,
    share === 'part' ? 'a part of it' : '',
  ]);
  return `${style.bold('written because of it')}\n${columns(rows, '  ')}`;
};
