import { expect, it } from 'vitest';
import { Snapshot } from '../../native/snapshot.ts';
import { midway, type NamedSide } from './sides.ts';

it('while only some have moved, what decides is looked up on the side that it is written on', async () => {
  const side = (name: string): NamedSide => {
    const ref = { apiVersion: 'v1', kind: 'Service', name: 'web', file: 'shop.yaml', document: 0 };
    const snapshot = new Snapshot([{ ref, body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } } }]);
    const locate = async () => ({ file: name, line: 1, column: 1 });
    return { name, path: name, snapshot, locate, files: 1, findings: [], textOf: () => '', read: {} as never };
  };
  const [a, b] = [side('a'), side('b')];
  const mixed = midway([a, b], 'servers');
  const places = [a, b].map(({ snapshot }) => mixed.locate({ object: snapshot.objects[0]!.ref, path: 'spec' }));
  expect((await Promise.all(places)).map(place => place?.file)).toEqual(['a', 'b']);
  expect(mixed).toMatchObject({ name: 'b at servers only' });
  expect(mixed.path).toBeUndefined();
});
