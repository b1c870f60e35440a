import { describe, expect, it } from 'vitest';
import { objectsFrom } from '../../../test/support/snapshot.ts';
import { Snapshot } from '../snapshot.ts';
import { type LabelSelector, mayShare, readLabelSelector, selectorTakes } from './label-selector.ts';

/** The selector of an object, and what of it nobody read. */
const read = (selector: string) => {
  const objects = objectsFrom(
    `{ apiVersion: v1, kind: Thing, metadata: { name: a }, spec: { selector: ${selector} } }`,
  );
  const snapshot = new Snapshot(objects);
  const [object] = snapshot.objects;
  if (!object) throw new Error('there is no object');
  const found = readLabelSelector(snapshot.field(object).at('spec')?.at('selector'));
  return {
    found,
    unread: snapshot.field(object).account(['spec']).unread,
  };
};

const takes = (selector: string, ...labels: readonly Record<string, string>[]): readonly boolean[] =>
  labels.map(own => selectorTakes(read(selector).found, own));

describe('a label selector', () => {
  it('takes everything where it says nothing, and what has all labels that it names', () => {
    expect(takes('{}', {}, { app: 'web' })).toEqual([true, true]);
    expect(selectorTakes(readLabelSelector(undefined), { app: 'web' })).toBe(true);
    expect(takes('{ matchLabels: { app: web, tier: a } }', { app: 'web', tier: 'a', x: 'y' }, { app: 'web' })).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    ['{ key: app, operator: In, values: [web, api] }', [true, false, false]],
    ['{ key: app, operator: NotIn, values: [web, api] }', [false, true, true]],
    ['{ key: app, operator: Exists }', [true, true, false]],
    ['{ key: app, operator: DoesNotExist }', [false, false, true]],
    ['{ key: app, operator: Like, values: [web] }', [false, false, false]],
    ['{ key: toString, operator: Exists }', [false, false, false]],
  ])('with %s holds for a value that is named, another one, and none', (expression, expected) => {
    expect(takes(`{ matchExpressions: [${expression}] }`, { app: 'web' }, { app: 'cart' }, {})).toEqual(expected);
  });

  it('is read with all that it says, an `In` of one value as a label', () => {
    const { found, unread } = read(
      '{ matchLabels: { app: web }, matchExpressions: [{ key: tier, operator: In, values: [a] }, { key: app, operator: In, values: [api] }] }',
    );
    expect(found).toEqual({
      matchLabels: { app: 'web', tier: 'a' },
      matchExpressions: [{ key: 'app', operator: 'In', values: ['api'] }],
    });
    expect(unread).toEqual([]);
    expect(read('{}').unread).toEqual([]);
  });

  it('may take what another one takes, unless they want two values of one label', () => {
    const [web, api, exists]: readonly LabelSelector[] = [
      { matchLabels: { app: 'web' } },
      { matchLabels: { app: 'api' } },
      { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
    ];
    expect([mayShare(web!, api!), mayShare(web!, web!), mayShare(web!, exists!)]).toEqual([false, true, true]);
  });
});
