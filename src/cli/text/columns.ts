/** Borderless tables, as kubectl prints them. */
export const columns = (rows: readonly (readonly string[])[], indent = ''): string => {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows
    .map(row =>
      `${indent}${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('   ')}`.trimEnd(),
    )
    .map(line => `${line}\n`)
    .join('');
};

/** `1 file`, `2 files`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

const useColour = (): boolean => process.env.NO_COLOR === undefined && process.stdout.isTTY === true;

const paint =
  (code: string) =>
  (text: string): string =>
    useColour() ? `\u001b[${code}m${text}\u001b[0m` : text;

export const style = {
  bold: paint('1'),
  dim: paint('2'),
  red: paint('31'),
  green: paint('32'),
  yellow: paint('33'),
} as const;
