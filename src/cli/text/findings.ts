import type { Finding, Severity } from '../../base/finding.ts';
import { groupBy } from '../../base/order.ts';
import { objectTitle } from '../../base/source.ts';
import { placeText } from '../print.ts';
import type { Locate } from '../source.ts';
import { style } from './columns.ts';

/** How many findings of one code are printed in full. */
const shown = 10;

const marks: Readonly<Record<Severity, string>> = {
  error: style.red('error'),
  warning: style.yellow('warning'),
  info: 'info',
};

/** One line each, `place: severity CODE message (object)`, and the next step once per code. */
export const findingsText = async (findings: readonly Finding[], locate: Locate): Promise<string> => {
  const lines: string[] = [];
  for (const group of groupBy(findings, ({ code }) => code).values()) {
    for (const finding of group.slice(0, shown)) lines.push(await findingLine(finding, locate));
    if (group.length > shown) lines.push(`  … and ${group.length - shown} more of ${group[0]?.code}`);
    const hint = group[0]?.hint;
    if (hint) lines.push(`  ${style.dim(`next: ${hint}`)}`);
  }
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
};

const findingLine = async (finding: Finding, locate: Locate): Promise<string> => {
  const place = await placeText(finding.source, locate, finding.place);
  const object = finding.subject ? ` (${objectTitle(finding.subject)})` : '';
  return `${place ? `${place}: ` : ''}${marks[finding.severity]} ${finding.code} ${finding.message}${object}`;
};
