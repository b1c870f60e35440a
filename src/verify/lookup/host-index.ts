/** Finds the patterns that take a host name without asking each of them. */
export interface Ranked<T> {
  /** The place in the model's order. */
  readonly rank: number;
  readonly item: T;
}

const push = <T>(buckets: Map<string, Ranked<T>[]>, key: string, entry: Ranked<T>): void => {
  const bucket = buckets.get(key);
  if (bucket) bucket.push(entry);
  else buckets.set(key, [entry]);
};

const itemOf = <T>({ item }: Ranked<T>): T => item;

/** The entries of several buckets in the model's order, each once. */
export const inOrder = <T>(buckets: readonly (readonly Ranked<T>[] | undefined)[]): T[] => {
  if (buckets.length === 1) return buckets[0]?.map(itemOf) ?? [];
  const present = buckets.filter(bucket => bucket !== undefined);
  if (present.length < 2) return present[0]?.map(itemOf) ?? [];
  const byRank = new Map<number, T>();
  for (const bucket of present) for (const { rank, item } of bucket) byRank.set(rank, item);
  return [...byRank].sort(([a], [b]) => a - b).map(([, item]) => item);
};

export class HostIndex<T> {
  private readonly exact = new Map<string, Ranked<T>[]>();
  /** By what follows the `*`. */
  private readonly suffixes = new Map<string, Ranked<T>[]>();

  /** `pattern` as in `hostMatches`: a name, or `*` and what must follow at least one character. */
  add(pattern: string, rank: number, item: T): void {
    const folded = pattern.toLowerCase();
    if (folded.startsWith('*')) push(this.suffixes, folded.slice(1), { rank, item });
    else push(this.exact, folded, { rank, item });
  }

  /** Everything that was added, in the model's order, each once. */
  all(): T[] {
    return inOrder([...this.exact.values(), ...this.suffixes.values()]);
  }

  /** As `buckets`, for a name and others that mean the same. */
  bucketsOfAny(host: string, others: readonly string[]): readonly (readonly Ranked<T>[])[] {
    if (this.exact.size + this.suffixes.size === 0) return [];
    if (others.length === 0 || (others.length === 1 && others[0] === host)) return this.buckets(host);
    return [...new Set([host, ...others])].flatMap(name => this.buckets(name));
  }

  /** The buckets of every pattern that takes the host; the work grows with the length of the name only. */
  buckets(host: string): (readonly Ranked<T>[])[] {
    const folded = host.toLowerCase();
    const found = [this.exact.get(folded), this.suffixes.get('')];
    if (this.suffixes.size > 0) {
      for (let start = 1; start < folded.length; start++) found.push(this.suffixes.get(folded.slice(start)));
    }
    return found.filter(bucket => bucket !== undefined);
  }
}
