import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Place, root, shop, timeout } from './supergloo.ts';

const place = new Place();
const bin = join(place.folder, 'bin');
beforeAll(() => {
  place.write('shop.yaml', shop);
  place.write('timeout.yaml', timeout(2));
  place.run(['init']);
  place.run(['apply', '-f', 'shop.yaml', '-f', 'timeout.yaml', '--mesh', 'istio']);
  mkdirSync(bin);
  symlinkSync(join(root, 'dist/cli.js'), join(bin, 'supergloo'));
  symlinkSync(join(root, 'dist/kubectl-complete.js'), join(bin, 'kubectl_complete-supergloo'));
});
afterAll(() => place.remove());

const completed = (...words: string[]): string[] =>
  place
    .run(['__complete', ...words])
    .out.trimEnd()
    .split('\n');
const values = (...words: string[]): string[] => completed(...words).map(line => line.split('\t')[0] ?? '');

describe('completion', () => {
  it('knows commands, flags, and the values of flags', () => {
    expect(values('ge')).toEqual(['get', ':4']);
    expect(values('get', '--sh')).toEqual(['--show-managed', ':4']);
    expect(values('plan', '--mesh', 'is')).toEqual(['istio', ':4']);
    expect(values('plan', '-o', '')).toEqual(['json', 'text', 'yaml', ':4']);
    expect(values('plan', '--output=j')).toEqual(['--output=json', ':4']);
    expect(values('help', 'exit')).toEqual(['exit-codes', ':4']);
  });

  it('says what each means', () => {
    expect(completed('ini')[0]).toMatch(/^init\tmake a store/);
  });

  it.each([
    [['get', 'trafficp'], ['trafficpolicies']],
    [['get', 'virtuals'], ['virtualservices']],
    [['get', 'tp', ''], ['reviews']],
    [
      ['delete', 'svc', ''],
      ['reviews', 'web'],
    ],
    [['get', 'tp', '-n', 's'], ['shop']],
    [['shift', 'rev'], ['reviews.shop']],
  ])('knows kinds, names and namespaces from the store: %j', async (words, found) => {
    // Names that come late are left out; a machine with much to do may be late.
    await vi.waitFor(() => expect(values(...words)).toEqual([...found, ':4']), { timeout: 20_000 });
  });

  it('leaves files to the shell', () => {
    expect(values('apply', '-f', 'x')).toEqual([':0']);
    expect(values('apply', '')).toEqual([':0']);
  });

  it('has no names, and no error, where the store cannot be read', () => {
    place.write('broken/.supergloo/store.db', 'no database');
    const { code, out, err } = place.run(['__complete', 'get', 'tp', ''], '', {
      SUPERGLOO_STORE: join(place.folder, 'broken'),
    });
    expect({ code, out, err }).toEqual({ code: 0, out: ':4\n', err: '' });
  });

  it('is asked by kubectl under a name of its own', async () => {
    const asked = () =>
      spawnSync(join(bin, 'kubectl_complete-supergloo'), ['get', 'tp', ''], { cwd: place.folder, encoding: 'utf8' })
        .stdout;
    await vi.waitFor(() => expect(asked()).toBe('reviews\tin shop\n:4\n'), { timeout: 20_000 });
  });

  it.each([
    [['supergloo', 'get', 'tp', ''], 3, 'reviews'],
    [['supergloo', 'get', 'tp', '--output', '=', 'ja'], 5, ''],
    [['supergloo', 'get', 'tp', '--output', '=', 'wi'], 5, 'wide'],
    [['supergloo', 'apply', '-f', 'time'], 3, 'timeout.yaml'],
  ] as const)('works in bash: %j', async (words, at, reply) => {
    const script = `source <(supergloo completion bash)
COMP_WORDBREAKS=$' \\t\\n=:'; COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${at}
_supergloo; echo "\${COMPREPLY[*]}"`;
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const replied = () => spawnSync('bash', ['-c', script], { cwd: place.folder, encoding: 'utf8', env }).stdout.trim();
    await vi.waitFor(() => expect(replied()).toBe(reply), { timeout: 20_000 });
  });

  it.each(['zsh', 'fish'] as const)('has a script that %s can read', shell => {
    const { code, out } = place.run(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('supergloo __complete');
    const found = (process.env.PATH ?? '').split(':').some(folder => existsSync(join(folder, shell)));
    if (!found) return console.log(`not read by ${shell}, which is not here`);
    place.write(`completion.${shell}`, out);
    const script = join(place.folder, `completion.${shell}`);
    expect(spawnSync(shell, ['-n', script], { encoding: 'utf8' }).stderr).toBe('');
    if (shell === 'zsh') return;
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const asked = ['-c', `source ${script}; complete -C 'supergloo pl'`];
    expect(spawnSync(shell, asked, { encoding: 'utf8', env }).stdout).toMatch(/^plan\t/);
  });

  it('refuses a shell that it does not know', () => {
    expect(place.run(['completion', 'tcsh']).code).toBe(2);
  });
});

describe('help', () => {
  it.each(['exit-codes', 'output', 'environment'])('has a page on %s', topic => {
    expect(place.run(['help', topic])).toMatchObject({ code: 0, err: '' });
  });

  it('says what there is where a topic is not', () => {
    expect(place.run(['help', 'nonsense'])).toMatchObject({ code: 2, err: expect.stringContaining('exit-codes') });
  });
});
