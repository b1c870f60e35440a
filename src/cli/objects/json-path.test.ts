import { describe, expect, it } from 'vitest';
import { filled, valuesAt } from './json-path.ts';

const policy = {
  metadata: { name: 'reviews', labels: { 'app.kubernetes.io/name': 'shop' } },
  status: {
    conditions: [
      { type: 'Accepted', status: 'True' },
      { type: 'Applied', status: 'False' },
    ],
  },
};

describe('a path into an object', () => {
  it.each([
    ['.metadata.name', ['reviews']],
    ['metadata.name', ['reviews']],
    ['.status.conditions[0].type', ['Accepted']],
    ['.status.conditions[-1].type', ['Applied']],
    ['.status.conditions[*].type', ['Accepted', 'Applied']],
    ['.status.conditions[?(@.type=="Applied")].status', ['False']],
    ["['metadata']['name']", ['reviews']],
    ['.metadata.labels.app\\.kubernetes\\.io/name', ['shop']],
    ['.metadata.absent.name', []],
    ['.metadata.toString', []],
  ])('%s', (path, values) => {
    expect(valuesAt(path, policy)).toEqual(values);
  });

  it('is refused where it says what is not known here', () => {
    expect(() => valuesAt('..name', policy)).toThrow('is nothing that is known here');
  });
});

describe('a template', () => {
  const list = { items: [policy, { metadata: { name: 'ratings' } }] };

  it('has paths in braces between texts', () => {
    expect(filled('name={.metadata.name}{"\\n"}', policy)).toBe('name=reviews\n');
    expect(filled('.metadata.name', policy)).toBe('reviews');
    expect(filled('{.items[*].metadata.name}', list)).toBe('reviews ratings');
  });

  it('goes through a list, an empty one too', () => {
    expect(filled('{range .items[*]}{.metadata.name};{end}.', list)).toBe('reviews;ratings;.');
    expect(filled('{range .nothing[*]}{.metadata.name};{end}.', list)).toBe('.');
  });
});
