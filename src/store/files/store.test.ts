import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoreError } from '../store-error.ts';
import { findFiles } from './find.ts';
import { readFiles } from './store.ts';

const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'supergloo-files-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, content: string | Uint8Array = pod('a')): string => {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
};

const found = (...paths: string[]): string[] =>
  findFiles(paths.map(path => join(root, path))).map(path => path.slice(root.length + 1));

const failure = (read: () => unknown): StoreError => {
  try {
    read();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('finds', () => {
  test('manifests in a folder and below, in the order of names', () => {
    for (const path of ['b.yaml', 'a/z.yml', 'a/c.json', 'c.YAML', 'a.txt', 'a/readme.md']) write(path);
    expect(found('.')).toEqual(['a/c.json', 'a/z.yml', 'b.yaml', 'c.YAML']);
  });

  test('nothing in hidden folders, hidden files and node_modules', () => {
    for (const path of ['.git/a.yaml', '.b.yaml', 'node_modules/c/d.yaml', 'e.yaml']) write(path);
    expect(found('.')).toEqual(['e.yaml']);
  });

  test('a file whatever its name, once', () => {
    write('a.golden');
    write('b/c.yaml');
    expect(found('a.golden', 'b/c.yaml', 'b')).toEqual(['a.golden', 'b/c.yaml']);
  });

  test('an end where links go round in circles', () => {
    write('a/b.yaml');
    symlinkSync(join(root, 'a'), join(root, 'a/again'));
    symlinkSync(join(root, 'a/b.yaml'), join(root, 'a/link.yaml'));
    symlinkSync(join(root, 'nowhere'), join(root, 'a/dangling'));
    expect(found('.')).toEqual(['a/b.yaml', 'a/link.yaml']);
  });
});

describe('says what to do when', () => {
  test('a file does not exist', () => {
    const error = failure(() => readFiles([join(root, 'none.yaml')]));
    expect(error).toMatchObject({ code: 'notFound', path: join(root, 'none.yaml'), retryable: false });
    expect(error.message).toContain('check the path');
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });

  test('a folder holds no manifest', () => {
    write('readme.md');
    expect(failure(() => readFiles([root]))).toMatchObject({ code: 'empty', path: root });
  });

  test.skipIf(process.getuid?.() === 0)('a file may not be read', () => {
    chmodSync(write('a.yaml'), 0o000);
    expect(failure(() => readFiles([root]))).toMatchObject({ code: 'denied', path: join(root, 'a.yaml') });
  });
});

describe('reads', () => {
  test('files, folders and standard input together', () => {
    const a = write('a.yaml');
    write('more/b.yaml', `${pod('b')}---\n${pod('c')}`);
    const read = readFiles([a, '-', join(root, 'more')], Buffer.from(pod('in')));
    expect(read.objects.map(({ ref }) => ref.name)).toEqual(['a', 'in', 'b', 'c']);
    expect(read.files).toBe(3);
    expect(read.findings).toEqual([]);
  });

  test('and finds the place of each source', async () => {
    const a = write('a.yaml');
    const { objects, locate } = readFiles([a, '-'], Buffer.from(`---\n${pod('in')}`));
    expect(await Promise.all(objects.map(object => locate({ object: object.ref, path: 'metadata.name' })))).toEqual([
      { file: a, line: 4, column: 3 },
      { file: '-', line: 5, column: 3 },
    ]);
  });

  test('UTF-16 as PowerShell writes it', () => {
    const little = write('a.yaml', Buffer.from(`\ufeff${pod('ä')}`, 'utf16le'));
    const big = write('b.yaml', Buffer.from(`\ufeff${pod('ö')}`, 'utf16le').swap16());
    expect(readFiles([little, big]).objects.map(({ ref }) => ref.name)).toEqual(['ä', 'ö']);
  });

  test('no bytes that are no text, and still the other files', () => {
    const bad = write('bad.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xc0]));
    const read = readFiles([bad, write('good.yaml')]);
    expect(read.objects.map(({ ref }) => ref.name)).toEqual(['a']);
    expect(read.findings).toMatchObject([{ code: 'FILE007', place: { file: bad, line: 1, column: 1 } }]);
  });
});
