/**
 * `npm run accounting [ADAPTER] [KIND]`: for every native kind, how many of its fields change an answer, how many the
 * mesh does not implement by its own sources, how many are only reported, and why. The share is of the fields that the
 * mesh implements. With a kind it prints every field of it. Law 1 is tested with the same code.
 */
import { groupBy } from '../src/base/order.ts';
import { registrations } from '../src/registry/index.gen.ts';
import { accountOf, type KindAccount, kindsWithFields } from '../test/laws/accounting/accounts.ts';
import { shareOf, whySetAside } from '../test/laws/accounting/set-aside.ts';

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
    unaccounted += accounts.reduce((sum, account) => sum + shareOf(account).unaccounted, 0);
  }
  return unaccounted === 0 ? 0 : 1;
};

const columns = ['kind', 'fields', 'change an answer', 'not implemented', 'only reported', 'unaccounted', 'share'];

const titleOf = ({ kind, group, role }: KindAccount): string =>
  `${kind} (${group})${role === 'report' ? ', reported as a whole' : ''}`;

const table = (accounts: readonly KindAccount[]): string => {
  const rows = accounts.map(account => {
    const { fields, changes, notImplemented, reported, unaccounted, percent } = shareOf(account);
    const counts = [fields, changes, notImplemented, reported, unaccounted].map(String);
    return [titleOf(account), ...counts, `${percent} %`];
  });
  const widths = columns.map((name, index) => Math.max(name.length, ...rows.map(row => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!)))
      .join('  ')
      .trimEnd();
  return [line(columns), ...rows.map(line), '', ...accounts.flatMap(reasons)].join('\n');
};

/** Why fields of a kind are not implemented or only reported: each reason with the fields that it is for. */
const reasons = (account: KindAccount): string[] => {
  const { fields } = account;
  const paths = (those: readonly { readonly path: string }[]): string => those.map(({ path }) => path).join(', ');
  const reported = fields.filter(({ verdict }) => verdict === 'reported');
  const byRow = groupBy(reported, field => whySetAside(account, field));
  const aside = [...byRow].flatMap(([row, those]) =>
    row ? [`  not implemented: ${row.why}: ${paths(those)}`, `    source: ${row.source}`] : [],
  );
  const rest = groupBy(byRow.get(undefined) ?? [], ({ detail }) => detail);
  const lines = [...rest].map(([reason, those]) => `  ${reason}: ${paths(those)}`);
  const missing = fields.filter(({ verdict }) => verdict === 'unaccounted');
  const open = missing.map(({ path, detail }) => `  NOT ACCOUNTED FOR ${path}: ${detail}`);
  const all = [...aside, ...lines, ...open];
  return all.length === 0 ? [] : [titleOf(account), ...all, ''];
};

const everyField = (account: KindAccount): string =>
  [
    titleOf(account),
    ...account.fields.map(field => {
      const row = field.verdict === 'reported' ? whySetAside(account, field) : undefined;
      const word = row ? 'not implemented' : field.verdict;
      return `  ${word.padEnd(18)}  ${field.path}  ${row ? `${row.why} (${row.source})` : field.detail}`;
    }),
  ].join('\n');
