/** The elements in another order, the same for the same seed; no order is left out over many seeds. */
export const shuffled = <T>(items: readonly T[], seed: number): readonly T[] => {
  const left = [...items];
  const taken: T[] = [];
  let state = seed * 2_654_435_761 + 1;
  while (left.length > 0) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    taken.push(...left.splice(state % left.length, 1));
  }
  return taken;
};
