import type { Finding, FindingKinds, Severity } from '../base/finding.ts';
import { byAll, byKey, groupBy } from '../base/order.ts';
import { kubernetesFindings } from '../native/kubernetes/findings.ts';
import type { Snapshot } from '../native/snapshot.ts';
import { engineFindings } from './findings.ts';
import { loadAdapters, readSnapshot } from './read.ts';

export interface CheckGroup {
  readonly name: string;
  readonly checks: readonly CheckResult[];
}

/** One kind of problem over the whole input: passed, or how often it was met. */
export interface CheckResult {
  readonly code: string;
  readonly title: string;
  readonly result: 'pass' | 'warn' | 'fail' | 'skipped';
  readonly detail: string;
  readonly hint?: string;
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** All findings of a snapshot, worst first, and every check that was made with its result; none cuts another short. */
export const checkSnapshot = async (
  snapshot: Snapshot,
  before: readonly Finding[],
): Promise<{ readonly groups: readonly CheckGroup[]; readonly findings: readonly Finding[] }> => {
  const read = await readSnapshot(snapshot);
  const adapters = await loadAdapters();
  const kinds = new Set(snapshot.kindsPresent());
  const validated = (await Promise.all(adapters.map(adapter => adapter.validate?.(snapshot) ?? []))).flat();
  const findings = [...before, ...validated, ...read.findings].sort(
    byAll<Finding>(
      (a, b) => rank[a.severity] - rank[b.severity],
      byKey(f => f.source?.object.file ?? ''),
      (a, b) => (a.source?.object.document ?? 0) - (b.source?.object.document ?? 0),
      byKey(f => f.code),
      byKey(f => f.path ?? ''),
    ),
  );
  const byCode = groupBy(findings, finding => finding.code);
  const group = (name: string, table: FindingKinds, skipped: boolean): CheckGroup => ({
    name,
    checks: Object.entries(table).map(([code, kind]) =>
      resultOf(code, kind.title, kind.hint, byCode.get(code) ?? [], skipped),
    ),
  });
  const groups = [
    group('Kubernetes', kubernetesFindings, false),
    group('input', engineFindings, false),
    ...adapters.map(adapter =>
      group(adapter.title, adapter.findings, !adapter.resources.some(r => kinds.has(`${r.group}/${r.kind}`))),
    ),
  ];
  const listed = new Set(groups.flatMap(({ checks }) => checks.map(({ code }) => code)));
  const rest = [...byCode].filter(([code]) => !listed.has(code));
  const files: CheckGroup = {
    name: 'files',
    checks: rest.map(([code, found]) => resultOf(code, found[0]?.message ?? '', found[0]?.hint, found, false)),
  };
  return { groups: files.checks.length > 0 ? [files, ...groups] : groups, findings };
};

const resultOf = (
  code: string,
  title: string,
  hint: string | undefined,
  found: readonly Finding[],
  skipped: boolean,
): CheckResult => {
  const base = { code, title, ...(hint ? { hint } : {}) };
  if (skipped && found.length === 0)
    return { ...base, result: 'skipped', detail: 'nothing of this kind is in the input' };
  if (found.length === 0) return { ...base, result: 'pass', detail: '' };
  const worst = found.some(({ severity }) => severity === 'error')
    ? 'fail'
    : found.some(({ severity }) => severity === 'warning')
      ? 'warn'
      : 'pass';
  return { ...base, result: worst, detail: found.length === 1 ? (found[0]?.message ?? '') : `${found.length} times` };
};
