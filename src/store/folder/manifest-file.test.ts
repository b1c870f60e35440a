import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSame } from '../../base/same.ts';
import { toYaml } from '../../base/yaml.ts';
import { keyOf } from '../local/shelf.ts';
import { idOf, type StoredObject } from '../port/object.ts';
import { ManifestFile } from './manifest-file.ts';

const key = keyOf({ group: 'example.dev', kind: 'Route', namespace: 'shop', name: 'a' });
const fileOf = (text: string, name = 'a.yaml'): ManifestFile => new ManifestFile(name, Buffer.from(text));
const manifestIn = (file: ManifestFile): StoredObject => structuredClone(file.objects.get(key)!.manifest);

const text = `# Who reads this: the shop team.
apiVersion: example.dev/v1
kind: Route
metadata:
  name: a          # do not rename
  namespace: shop
  labels: { tier: web }
spec:
  # Half a second is what the pages wait.
  timeout: "0.5s"  # was 1s
  retries: 3
  rules:
    # the old one
    - name: old
      weight: 90   # on its way out
      hosts: [a, b]
    # the new one
    - name: new
      weight: 10

  # nothing below
status:
  stale: true
`;

const change = (edit: (manifest: StoredObject, spec: Record<string, never>) => void, before = text): string => {
  const file = fileOf(before);
  const manifest = manifestIn(file);
  edit(manifest, manifest.spec as Record<string, never>);
  return file.textWith(key, manifest) ?? '';
};
type Any = { [field: string]: Any } & Any[];
const changeSpec = (edit: (spec: Any) => void): string => change((_, spec) => edit(spec as unknown as Any));

describe('a manifest that people wrote is changed where it changes, and nowhere else', () => {
  it('changes nothing for the same object', () => {
    expect(change(() => {})).toBe(text);
  });

  it.each<[string, (spec: Any) => void, (text: string) => string]>([
    ['a text with a comment behind it', spec => Object.assign(spec, { timeout: '2s' }), t => t.replace('0.5s', '2s')],
    ['a number in a list item', spec => Object.assign(spec.rules![0]!, { weight: 50 }), t => t.replace('90', '50')],
    ['a field that goes', spec => delete spec.retries, t => t.replace('  retries: 3\n', '')],
    [
      'a field that comes',
      spec => Object.assign(spec, { mirror: { host: 'b' } }),
      t => t.replace('      weight: 10\n', '      weight: 10\n  mirror:\n    host: b\n'),
    ],
    [
      'a field of the last item',
      spec => Object.assign(spec.rules![1]!, { hosts: ['c'] }),
      t => t.replace('      weight: 10\n', '      weight: 10\n      hosts:\n      - c\n'),
    ],
    [
      'an item that comes',
      spec => spec.rules!.push({ name: 'x', weight: 1 } as never),
      t => t.replace('      weight: 10\n', '      weight: 10\n    - name: x\n      weight: 1\n'),
    ],
    ['an item that goes', spec => spec.rules!.pop(), t => t.replace('    - name: new\n      weight: 10\n', '')],
    [
      'a list in brackets',
      spec => spec.rules![0]!.hosts!.push('c' as never),
      t => t.replace('hosts: [a, b]', 'hosts:\n      - a\n      - b\n      - c'),
    ],
    [
      'a mapping that becomes empty',
      spec => Object.assign(spec, { rules: [] }),
      t => t.replace(/ {2}rules:[\s\S]*10\n/, '  rules: []\n'),
    ],
    [
      'a scalar that becomes a mapping',
      spec => Object.assign(spec, { retries: { attempts: 1 } }),
      t => t.replace('retries: 3', 'retries:\n    attempts: 1'),
    ],
    [
      'a text of several lines',
      spec => Object.assign(spec, { retries: 'a\nb\n' }),
      t => t.replace('retries: 3', 'retries: |\n    a\n    b'),
    ],
  ])('%s', (_, edit, expected) => {
    expect(changeSpec(edit)).toBe(expected(text));
  });

  it('writes a label into braces as a mapping, and leaves what it does not read', () => {
    const changed = change(({ metadata }) => Object.assign(metadata.labels!, { 'a/b': 'c' }));
    expect(changed).toBe(text.replace('labels: { tier: web }', 'labels:\n    tier: web\n    a/b: c'));
  });

  it('keeps the ends of lines and the mark of the encoding', () => {
    const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`;
    const changed = change(manifest => Object.assign(manifest.spec!, { retries: 4 }), windows);
    expect(changed).toBe(windows.replace('retries: 3', 'retries: 4'));
  });

  it('keeps the comments at the top where nothing else can be kept', () => {
    const flow =
      '# mine\n{apiVersion: example.dev/v1, kind: Route, metadata: {name: a, namespace: shop}, spec: {x: 1}}\n';
    const changed = change(manifest => Object.assign(manifest.spec!, { x: 2 }), flow);
    expect(changed).toBe(
      '# mine\napiVersion: example.dev/v1\nkind: Route\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  x: 2\n',
    );
  });

  it('unfolds an anchor rather than changing what else it stands for', () => {
    const anchored = text.replace('retries: 3', 'retries: &n 3\n  other: *n');
    const file = fileOf(change(manifest => Object.assign(manifest.spec!, { retries: 4 }), anchored));
    expect(manifestIn(file).spec).toMatchObject({ retries: 4, other: 3 });
  });

  it('changes and removes one document of several', () => {
    const other = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n';
    const several = `${other}---\n${text}---\n# last\n${other.replace('shop', 'b')}`;
    expect(change(manifest => Object.assign(manifest.spec!, { retries: 4 }), several)).toBe(
      several.replace('retries: 3', 'retries: 4'),
    );
    const without = fileOf(several).textWith(key, undefined) ?? '';
    expect(without).toBe(`${other}---\n# last\n${other.replace('shop', 'b')}`);
    expect([...fileOf(without).objects.keys()]).toHaveLength(2);
    expect(fileOf(text).textWith(key, undefined)).toBeUndefined();
  });

  it('writes JSON into a file of JSON', () => {
    const json = fileOf(JSON.stringify(manifestIn(fileOf(text))), 'a.json');
    const next = { ...manifestIn(json), spec: { x: 1 } };
    expect(JSON.parse(json.textWith(key, next) ?? '')).toEqual(next);
  });

  it('refuses to change an element of a list', () => {
    const list = toYaml({ apiVersion: 'v1', kind: 'List', items: [manifestIn(fileOf(text))] });
    const file = fileOf(list);
    expect(() => file.textWith(key, { ...manifestIn(file), spec: {} })).toThrow(/stands in a list; give it a document/);
    expect(() => file.textWith(key, undefined)).toThrow(/stands in a list/);
  });

  const value = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom<unknown>(
        'x',
        'a: b',
        '# no',
        '- d',
        'l\nm\n',
        '',
        1,
        -0.5,
        true,
        null,
        'yes',
        '~',
        "it's",
        '"q"',
        ' lead',
        '|',
        'n\n\n',
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('a', 'b', 'name', 'x-y', 'k: v', '#', '- ', '', '1', 'yes', '__proto__'),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const mapping = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value, { maxKeys: 4 });

  /** Comments and blank lines, in places where they mean nothing. */
  const commented = (yaml: string, noise: readonly number[]): string =>
    yaml
      .split('\n')
      .flatMap((line, index) => {
        const kind = noise[index % noise.length];
        const isPlain = /^ *[a-z]+: [a-z0-9]+$/.test(line);
        if (kind === 1 && /^ *[a-z]+:/.test(line)) return ['', `${/^ */.exec(line)?.[0]}# about this`, line];
        return kind === 2 && isPlain ? [`${line}  # note`] : [line];
      })
      .join('\n');

  it('whatever it says and is to say, it says that then', () => {
    const notesIn = (yaml: string): number => yaml.split(/# (?:about this|note)$/m).length - 1;
    let written = 0;
    let kept = 0;
    fc.assert(
      fc.property(mapping, mapping, fc.array(fc.nat(3), { minLength: 1, maxLength: 9 }), (before, after, noise) => {
        const head = { apiVersion: 'example.dev/v1', kind: 'Route', metadata: { name: 'a', namespace: 'shop' } };
        const yaml = commented(toYaml({ ...head, spec: before }), noise);
        const file = fileOf(yaml);
        // A comment within a text of several lines is a part of the text: what was read counts, not what was meant.
        const live = manifestIn(file);
        const next = { ...live, spec: { ...(live.spec ?? {}), ...after } };
        const changed = file.textWith(key, next) ?? '';
        expect(isSame(manifestIn(fileOf(changed)), next)).toBe(true);
        written += notesIn(yaml);
        kept += notesIn(changed);
      }),
      { numRuns: 400, seed: 6 },
    );
    expect(written).toBeGreaterThan(200);
    expect(kept / written).toBeGreaterThan(0.8);
  });

  it('names objects by what they are', () => {
    expect(keyOf(idOf(manifestIn(fileOf(text))))).toBe(key);
  });
});
