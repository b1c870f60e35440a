import { expect, it } from 'vitest';
import { groupOf } from '../../../src/native/snapshot.ts';
import { kindsOf, type System, shapeOf } from '../../support/fields.ts';
import { objectsFrom } from '../../support/snapshot.ts';
import { placesIn } from '../accounting/place.ts';
import { live } from './index.ts';

const systems: readonly System[] = ['consul', 'gateway-api', 'istio', 'linkerd'];

it.each(live.map(one => [`${one.group}/${one.kind}`, one] as const))(
  'the scenes of %s hold the kind, and only fields that it has',
  (key, { group, kind, scenes, others = {} }) => {
    const system = systems.find(name => kindsOf(name).includes(key))!;
    const shape = shapeOf(system, kind, group);
    for (const yaml of scenes) {
      const objects = objectsFrom(yaml).filter(({ ref }) => ref.kind === kind && groupOf(ref) === group);
      expect(objects.length, yaml).toBeGreaterThan(0);
      for (const { body } of objects) {
        const known = new Set(
          shape.flatMap(({ path, type }) =>
            placesIn(body, path).map(place => `${place.join('/')} ${type === 'opaque'}`),
          ),
        );
        expect(leavesOf(body.spec, ['spec']).filter(path => !isKnown(path, known))).toEqual([]);
      }
    }
    const paths = new Set(shape.map(({ path }) => path));
    expect(Object.keys(others).filter(path => !paths.has(path))).toEqual([]);
  },
);

/** A leaf is known if the tables have it, or an opaque object that holds it. */
const isKnown = (path: string, known: ReadonlySet<string>): boolean => {
  if (known.has(`${path} false`) || known.has(`${path} true`)) return true;
  const above = path.slice(0, path.lastIndexOf('/'));
  return (
    above !== '' && above !== path && (known.has(`${above} true`) || (above.includes('/') && isOpaque(above, known)))
  );
};

const isOpaque = (path: string, known: ReadonlySet<string>): boolean =>
  known.has(`${path} true`) || (path.includes('/') && isOpaque(path.slice(0, path.lastIndexOf('/')), known));

const leavesOf = (value: unknown, place: readonly (string | number)[]): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [place.join('/')];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...place, key]));
};
