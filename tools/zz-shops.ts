import { writeFileSync } from 'node:fs';
import { shops } from './bench/shops.ts';
export const main = (_r: string, a: readonly string[]): number => {
  writeFileSync(a[1]!, shops(Number(a[0])));
  return 0;
};
