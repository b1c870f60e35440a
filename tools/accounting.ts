/**
 * `npm run accounting [ADAPTER] [KIND]`: for every native kind, how many of its fields change an answer and how many
 * are only reported, and why. With a kind it prints every field of it. Law 1 is tested with the same code.
 */
import { groupBy } from '../src/base/order.ts';
import { registrations } from '../src/registry/index.gen.ts';
import type { FieldAccount } from '../test/laws/accounting/account-kind.ts';
import { accountOf, type KindAccount, kindsWithFields } from '../test/laws/accounting/accounts.ts';

export const main = async (_root: string, args: readonly string[]): Promise<number> => {
  const [only, kind] = args;
  let unaccounted = 0;
  for (const { id, load } of registrations) {
    if (only !== undefined && only !== id) continue;
    const adapter = await load();
    const kinds = kindsWithFields(adapter).filter(known => kind === undefined || known.kind === kind);
    const accounts = kinds.map(known => accountOf(adapter, known));
    console.log(`${adapter.title}\n`);
    console.log(kind === undefined ? table(accounts) : accounts.map(everyField).join('\n'));
    unaccounted += accounts.reduce((sum, account) => sum + count(account, 'unaccounted'), 0);
  }
  return unaccounted === 0 ? 0 : 1;
};

const count = ({ fields }: KindAccount, verdict: FieldAccount['verdict']): number =>
  fields.filter(field => field.verdict === verdict).length;

const columns = ['kind', 'fields', 'change an answer', 'only reported', 'unaccounted'];

const table = (accounts: readonly KindAccount[]): string => {
  const rows = accounts.map(account => {
    const changes = count(account, 'changes');
    const share = Math.floor((changes / account.fields.length) * 100);
    return [
      `${account.kind}${account.role === 'report' ? ' (reported as a whole)' : ''}`,
      String(account.fields.length),
      `${changes} (${share} %)`,
      String(count(account, 'reported')),
      String(count(account, 'unaccounted')),
    ];
  });
  const widths = columns.map((name, index) => Math.max(name.length, ...rows.map(row => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!)))
      .join('  ')
      .trimEnd();
  return [line(columns), ...rows.map(line), '', ...accounts.flatMap(reasons)].join('\n');
};

/** Why fields of a kind are only reported: each reason with the fields that it is for. */
const reasons = ({ kind, fields }: KindAccount): string[] => {
  const reported = fields.filter(({ verdict }) => verdict === 'reported');
  const byReason = groupBy(reported, ({ detail }) => detail);
  const lines = [...byReason].map(([reason, those]) => `  ${reason}: ${those.map(({ path }) => path).join(', ')}`);
  const missing = fields.filter(({ verdict }) => verdict === 'unaccounted');
  const open = missing.map(({ path, detail }) => `  NOT ACCOUNTED FOR ${path}: ${detail}`);
  return lines.length + open.length === 0 ? [] : [kind, ...lines, ...open, ''];
};

const everyField = ({ kind, fields }: KindAccount): string =>
  [kind, ...fields.map(({ path, verdict, detail }) => `  ${verdict.padEnd(11)}  ${path}  ${detail}`)].join('\n');
