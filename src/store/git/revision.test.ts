import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../store-error.ts';
import { readRevision, readWorkingTree } from './revision.ts';

const folder = mkdtempSync(join(tmpdir(), 'supergloo-git-'));

const git = (...args: readonly string[]): void => {
  const who = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@example.test', '-c', 'init.defaultBranch=main'];
  const { status, stderr } = spawnSync('git', ['-C', folder, ...who, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

const named = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\n`;

const namesIn = ({ objects }: { readonly objects: readonly { readonly ref: { readonly name: string } }[] }): string[] =>
  objects.map(({ ref }) => ref.name).sort();

beforeAll(() => {
  git('init', '--quiet');
  write('a.yaml', named('first'));
  write('deep/ü b.yaml', named('second'));
  write('notes.txt', named('no-manifest'));
  symlinkSync('a.yaml', join(folder, 'link.yaml'));
  git('add', '-A');
  git('commit', '--quiet', '-m', 'one');
  write('a.yaml', named('changed'));
  git('commit', '--quiet', '-am', 'two');
  write('.gitignore', 'ignored.yaml\n');
  write('ignored.yaml', named('ignored'));
  write('new.yaml', named('new'));
  rmSync(join(folder, 'deep/ü b.yaml'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a revision', () => {
  it('holds its manifests under their paths, and neither links nor other files', () => {
    const first = readRevision(folder, 'HEAD~1');
    expect(namesIn(first)).toEqual(['first', 'second']);
    expect(first.objects.map(({ ref }) => ref.file).sort()).toEqual(['a.yaml', 'deep/ü b.yaml']);
    expect(namesIn(readRevision(folder, 'HEAD'))).toEqual(['changed', 'second']);
  });

  it('holds those of a folder and below, whatever the working tree looks like', () => {
    const deep = join(folder, 'deep');
    mkdirSync(deep, { recursive: true });
    expect(namesIn(readRevision(deep, 'HEAD'))).toEqual(['second']);
  });

  it('is not there under a name that nobody gave, and a name is no option', () => {
    for (const name of ['nowhere', '--all', '-n']) expect(() => readRevision(folder, name)).toThrow(StoreError);
  });

  it('is not there where there is no repository', () => {
    const empty = mkdtempSync(join(tmpdir(), 'supergloo-no-git-'));
    expect(() => readRevision(empty, 'HEAD')).toThrow(StoreError);
    rmSync(empty, { recursive: true });
  });
});

describe('the working tree', () => {
  it('holds what is followed and what is new, as it is on the disk, and not what is ignored or gone', () => {
    expect(namesIn(readWorkingTree(folder))).toEqual(['changed', 'new']);
  });

  it('is not there in a bare repository', () => {
    const bare = mkdtempSync(join(tmpdir(), 'supergloo-bare-'));
    spawnSync('git', ['init', '--quiet', '--bare', bare]);
    expect(() => readWorkingTree(bare)).toThrow(StoreError);
    rmSync(bare, { recursive: true });
  });
});
