/** What became of one kind of mutation in one mesh. */
export interface Tally {
  readonly kind: string;
  readonly mesh: string;
  /** How many there are, and how many of them were tried. */
  readonly places: number;
  readonly tried: number;
  /** Boundary requests show the difference. */
  readonly changed: number;
  /** The comparison shows one. */
  readonly found: number;
  /** Missed, or without a witness that shows it, or reported where nothing differs. */
  readonly wrong: number;
  /** The comparison left something open. */
  readonly open: number;
}

const columns = ['kind', 'mesh', 'places', 'tried', 'changed', 'found', 'wrong', 'open'] as const;

/** The tallies as lines of text, with their sums. */
export const tableOf = (tallies: readonly Tally[]): string => {
  const sum = (column: (typeof columns)[number]): string | number =>
    column === 'kind' || column === 'mesh'
      ? column === 'kind'
        ? 'all'
        : ''
      : tallies.reduce((total, tally) => total + tally[column], 0);
  const rows = [columns, ...tallies.map(tally => columns.map(column => tally[column])), columns.map(sum)];
  const widths = columns.map((_, at) => Math.max(...rows.map(row => String(row[at]).length)));
  return rows
    .map(row =>
      row
        .map((cell, at) => (at < 2 ? String(cell).padEnd(widths[at]!) : String(cell).padStart(widths[at]!)))
        .join('  '),
    )
    .join('\n');
};
