/** `most` of all, from a place that the seed chooses, at a stride that meets every part. */
export const selection = <T>(all: readonly T[], most: number, seed: number): readonly T[] => {
  const stride = Math.max(1, all.length / most);
  const start = seed % stride;
  return Array.from(
    { length: Math.min(all.length, most) },
    (_, index) => all[Math.floor(start + index * stride) % all.length]!,
  );
};
