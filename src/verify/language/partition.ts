import { codes } from './alphabet.ts';

/** Characters in classes numbered from 0, by their codes. */
export interface Partition {
  readonly classOf: Uint8Array;
  readonly width: number;
}

/** The coarsest partition that is finer than all of some; of each class its first member among `symbols`. */
export const meet = (
  partitions: readonly Partition[],
  symbols: readonly number[],
): { readonly classOf: Uint8Array; readonly members: readonly number[] } => {
  let classOf = new Uint8Array(codes);
  let members = symbols.slice(0, 1);
  for (const partition of partitions) {
    if (partition.width === 1) continue;
    if (members.length === symbols.length) break;
    const numbers = new Uint8Array(members.length * partition.width);
    const finer = new Uint8Array(codes);
    const first: number[] = [];
    for (const code of symbols) {
      const pair = classOf[code]! * partition.width + partition.classOf[code]!;
      if (numbers[pair] === 0) numbers[pair] = first.push(code);
      finer[code] = numbers[pair]! - 1;
    }
    classOf = finer;
    members = first;
  }
  return { classOf, members };
};
