/**
 * Law 8: an object without our mark is never changed or deleted. What is written in the name of one holds all of it and
 * says so; and what cannot be read takes nothing away from what is written for the rest.
 */
import { describe, expect, it } from 'vitest';
import { type Adapter, type Manifest, ownershipLabel } from '../../src/adapter/adapter.ts';
import type { Finding } from '../../src/base/finding.ts';
import { toYaml } from '../../src/base/yaml.ts';
import { selects } from '../../src/model/scope.ts';
import { metadataOf, type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { objectsFrom } from '../support/snapshot.ts';
import { conversions, write } from './adapters.ts';
import { live } from './live/index.ts';
import { forRandomModels } from './random.ts';
import { asObjects, identityOf, readWith } from './reading.ts';
import { isUnfinished } from './unfinished.ts';
import { worldObjects } from './world.ts';

const [[markName, markValue]] = Object.entries(ownershipLabel) as [[string, string]];

/** Whether everything in one value is in the other, lists whole. */
const holds = (whole: unknown, part: unknown): boolean => {
  if (typeof part !== 'object' || part === null) return whole === part;
  if (Array.isArray(part)) return JSON.stringify(whole) === JSON.stringify(part);
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([key, value]) => holds((whole as Record<string, unknown>)[key], value));
};

/** What users add to objects and nobody else knows of. */
const decorated = (object: NativeObject): NativeObject => {
  const { metadata, spec, ...rest } = object.body as Record<string, Record<string, unknown>>;
  const body = {
    ...rest,
    metadata: { ...metadata, labels: { team: 'shop' }, annotations: { 'example.org/owner': 'ada' } },
    spec: { ...spec, ...(object.ref.kind === 'Service' ? { sessionAffinity: 'ClientIP' } : { paused: false }) },
  };
  return { ...object, body };
};

/** What is wrong with outputs that stand in the place of objects of a user's. */
const trespasses = (
  theirs: readonly NativeObject[],
  outputs: readonly Manifest[],
  findings: readonly Finding[],
): readonly string[] => {
  const users = new Map(theirs.map(object => [identityOf(object), object]));
  return asObjects(outputs).flatMap(output => {
    const key = identityOf(output);
    const original = users.get(key);
    if (!original) return [];
    const isSaid = findings.some(({ subject }) => subject && identityOf({ ref: subject }) === key);
    return [
      ...(holds(output.body, original.body) ? [] : [`${key} is changed:\n${toYaml(output.body)}`]),
      ...(metadataOf(output).labels[markName] === markValue ? [`${key} gets our mark`] : []),
      ...(isSaid ? [] : [`nothing is said of ${key}`]),
    ];
  });
};

/** Everything that has our mark, as if a user had made it. */
const asUsers = (outputs: readonly Manifest[]): readonly NativeObject[] =>
  asObjects(outputs.filter(({ metadata }) => selects(ownershipLabel, metadata.labels ?? {}))).map(object => {
    const { metadata, ...rest } = object.body as { metadata: Record<string, unknown> };
    const { labels: _ours, ...named } = metadata;
    return decorated({ ...object, body: { ...rest, metadata: named } });
  });

describe.each(conversions)('from %s to %s', (_from, _to, from, to) => {
  it.skipIf(isUnfinished('user objects', to))(
    'an object of a user is written whole, with what is added, and said so',
    () => {
      const theirs = worldObjects.map(decorated);
      forRandomModels(from, 30, model => {
        const { objects, findings } = write(to, model, theirs);
        return trespasses(theirs, objects, findings).join('\n') || undefined;
      });
    },
  );

  it.skipIf(isUnfinished('taken names', to))(
    'an object of a user that has the name of one of ours stays as it is',
    () => {
      forRandomModels(from, 30, model => {
        const theirs = [...worldObjects, ...asUsers(write(to, model).objects)];
        const { objects, findings } = write(to, model, theirs);
        return trespasses(theirs, objects, findings).join('\n') || undefined;
      });
    },
  );
});

/** An object of a kind that nobody can read. */
const unreadable = (group: string, kind: string, version: string): NativeObject => ({
  ref: {
    apiVersion: `${group}/${version}`,
    kind,
    namespace: 'shop',
    name: 'zzz-unreadable',
    file: 'bad.yaml',
    document: 0,
  },
  body: {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name: 'zzz-unreadable', namespace: 'shop' },
    spec: 'this is no specification',
  },
});

const outputsOf = (from: Adapter, to: Adapter, objects: readonly NativeObject[]): readonly string[] => {
  const { model } = readWith(from, objects);
  return to.write(model, { mesh: to.assume(), snapshot: new Snapshot(objects) }).objects.map(toYaml);
};

describe.each(conversions)('from %s to %s', (_from, _to, from, to) => {
  it('an object that cannot be read takes nothing away from what is written for the others', () => {
    for (const { group, kind, scenes } of live) {
      const resource = from.resources.find(known => known.group === group && known.kind === kind);
      const [scene] = scenes;
      if (!resource || scene === undefined) continue;
      const objects = objectsFrom(scene);
      const bad = unreadable(group, kind, resource.versions[0] ?? 'v1');
      const after = new Set(outputsOf(from, to, [...objects, bad]));
      const missing = outputsOf(from, to, objects).filter(output => !after.has(output));
      expect(missing, `with a ${kind} that cannot be read`).toEqual([]);
    }
  });
});
