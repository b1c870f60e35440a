import { type CheckGroup, checkSnapshot } from '../../engine/check.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { printDocument, printedFinding } from '../print.ts';
import type { SourceOptions } from '../program.ts';
import { load } from '../source.ts';
import { counted } from '../text/columns.ts';
import { findingsText } from '../text/findings.ts';

/** `supergloo check`: what is wrong with the configuration, and the next step for each. */
export const check = async (options: SourceOptions): Promise<ExitCode> => {
  const loaded = await load(options.filename);
  const { groups, findings } = await checkSnapshot(loaded.snapshot, loaded.findings);
  const code = exitOf(groups, loaded.snapshot.objects.length);
  if (options.output === 'text') {
    process.stdout.write(await findingsText(findings, loaded.locate));
    process.stdout.write(summary(groups, loaded.files, loaded.snapshot.objects.length));
    return code;
  }
  printDocument(
    'Check',
    { groups, findings: await Promise.all(findings.map(finding => printedFinding(finding, loaded.locate))) },
    options.output,
  );
  return code;
};

const exitOf = (groups: readonly CheckGroup[], objects: number): ExitCode => {
  if (objects === 0) return exitCodes.failed;
  return groups.some(({ checks }) => checks.some(({ result }) => result === 'fail'))
    ? exitCodes.differs
    : exitCodes.done;
};

const summary = (groups: readonly CheckGroup[], files: number, objects: number): string => {
  const checks = groups.flatMap(group => group.checks);
  const count = (result: 'fail' | 'warn') => checks.filter(check => check.result === result).length;
  const verdict = count('fail') === 0 ? 'no errors' : `${counted(count('fail'), 'kind')} of error`;
  return `${counted(objects, 'object')} in ${counted(files, 'file')}: ${verdict}, ${counted(count('warn'), 'kind')} of warning\n`;
};
