import type { Disposition, Loss } from '../../adapter/disposition.ts';
import { groupBy } from '../../base/order.ts';
import type { Conversion } from '../../engine/convert.ts';
import { placeText } from '../print.ts';
import type { Loaded } from '../source.ts';
import { counted, style } from './columns.ts';
import { findingsText } from './findings.ts';

type Lost = Disposition & { readonly loss: Loss };

/** How many places of one kind of loss are listed before the rest is only counted. */
const shown = 5;

/** What became of every leaf, the worst first; equal losses are told once, with the places they come from. */
export const ledgerText = async (
  conversion: Conversion,
  loaded: Loaded,
  at: { readonly from: string; readonly to: string },
): Promise<string> => {
  const { dispositions, objects, read } = conversion;
  const count: Record<Disposition['result'], number> = { applied: 0, approximated: 0, refused: 0 };
  for (const { result } of dispositions) count[result] += 1;
  const lines = [
    style.bold(`${at.from} → ${at.to}: ${counted(objects.length, 'object')}`),
    `  ${counted(dispositions.length, 'setting')}: ${count.applied} applied, ${count.approximated} approximated, ${count.refused} refused`,
  ];
  const lost = dispositions.filter((d): d is Lost => d.loss !== undefined);
  const sections: readonly (readonly [Section, string])[] = [
    ['weaker', style.red('access or encryption would be weaker')],
    ['written', style.yellow('behaves differently')],
    ['byDefault', 'what the meshes do by themselves differs'],
    ['none', 'written differently, with no effect'],
  ];
  const bySection = groupBy(lost, sectionOf);
  for (const [section, title] of sections) {
    const here = bySection.get(section);
    if (!here) continue;
    lines.push('', `${style.bold(title)} (${here.length})`);
    for (const group of groupBy(here, d => `${d.loss.code} ${d.result} ${d.loss.message}`).values()) {
      lines.push(...(await lossLines(group, loaded)));
    }
  }
  if (read.unread.length > 0)
    lines.push('', style.bold(`not read (${read.unread.length})`), ...(await unreadLines(conversion, loaded)));
  const serious = conversion.found.filter(({ severity }) => severity !== 'info');
  const findings = [...conversion.told, ...loaded.findings.filter(({ severity }) => severity !== 'info'), ...serious];
  if (findings.length > 0) {
    lines.push('', style.bold(`to know (${findings.length})`), (await findingsText(findings, loaded.locate)).trimEnd());
  }
  return `${lines.join('\n')}\n`;
};

type Section = 'weaker' | 'written' | 'byDefault' | 'none';

const sectionOf = ({ loss, byDefault }: Lost): Section => {
  if (loss.effect === 'none') return 'none';
  if (loss.severity === 'security') return 'weaker';
  return byDefault ? 'byDefault' : 'written';
};

const lossLines = async (group: readonly Lost[], loaded: Loaded): Promise<string[]> => {
  const [first] = group as [Lost];
  const times = group.length > 1 ? ` (${group.length} times)` : '';
  const lines = [`  ${first.loss.code}  ${first.result}: ${first.loss.message}${times}`];
  for (const { subject, leaf, source } of group.slice(0, shown)) {
    const place = await placeText(source, loaded.locate);
    lines.push(`      ${style.dim(`${place ? `${place}  ` : ''}${subject} ${leaf}`)}`);
  }
  if (group.length > shown) lines.push(`      … and ${group.length - shown} more`);
  if (first.loss.workaround) lines.push(`      instead: ${first.loss.workaround}`);
  return lines;
};

const unreadLines = async ({ read }: Conversion, loaded: Loaded): Promise<string[]> => {
  const lines: string[] = [];
  for (const group of groupBy(
    read.unread,
    u => `${u.source.object.kind} ${u.source.path.replace(/\[\d+\]/g, '[]')} ${u.reason}`,
  ).values()) {
    const [first] = group as [(typeof group)[number]];
    const times = group.length > 1 ? ` (${group.length} times)` : '';
    const place = await placeText(first.source, loaded.locate);
    lines.push(`  ${first.source.object.kind} ${first.source.path}: ${first.reason}${times}  ${style.dim(place)}`);
  }
  return lines;
};
