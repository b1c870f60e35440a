import type { Source } from '../../base/source.ts';

/** Changes to headers; names in lower case. `set` replaces, `add` appends a line, `remove` runs before both. */
export interface HeaderEdits {
  readonly set?: Readonly<Record<string, string>>;
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  readonly source?: Source;
}
