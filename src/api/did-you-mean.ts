/** A question behind a message about a name that is not known: whether one was meant that differs in a letter or two. */
export const didYouMean = (written: string, known: readonly string[]): string => {
  const near = known
    .map(name => ({ name, distance: distance(name.toLowerCase(), written.toLowerCase()) }))
    .filter(one => one.distance <= Math.min(2, Math.floor(written.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0] ? `; did you mean \`${near[0].name}\`?` : '';
};

/** How many letters have to be changed, put in or left out. */
const distance = (a: string, b: string): number => {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let before = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1)
      row.push(Math.min(before[j]! + 1, row[j - 1]! + 1, before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    before = row;
  }
  return before[b.length]!;
};
