import { expect, it } from 'vitest';
import { telling } from './record.ts';

const named = (name: string, ...shows: readonly string[]) => ({ name, shows });

it('what is kept first shows every error that anything shows, and nothing twice without need', () => {
  const all = [
    named('none'),
    named('a', 'one'),
    named('b', 'one', 'two'),
    named('c', 'three'),
    named('d', 'two', 'one'),
  ];
  expect(telling(all).map(({ name }) => name)).toEqual(['b', 'c']);
});

it('where nothing shows an error, nothing is kept for it', () => {
  expect(telling([named('none'), named('neither')])).toEqual([]);
});
