import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const path = join(root, 'README.md');

/** What a command prints on a terminal, standard output first. */
const printed = (command: string): string => {
  const [, ...args] = command.split(' ');
  const env = { ...process.env, NO_COLOR: '1' };
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env,
  });
  return `${stdout}${stderr}`.trimEnd();
};

const block = /```console\n\$ (?<command>[^\n]+)\n(?<output>[\s\S]*?)```/g;

describe('the README', () => {
  it('shows what the commands really print (UPDATE=1 writes it anew)', () => {
    const text = readFileSync(path, 'utf8');
    const fresh = text.replace(
      block,
      (_, command: string) => `\`\`\`console\n$ ${command}\n${printed(command)}\n\`\`\``,
    );
    expect([...text.matchAll(block)].length).toBeGreaterThan(0);
    if (process.env.UPDATE) writeFileSync(path, fresh);
    else expect(text).toBe(fresh);
  });

  it('links only to pages that are there', () => {
    for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
      const text = readFileSync(join(root, page), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        expect(existsSync(join(root, dirname(page), target)), `${page}: ${target}`).toBe(true);
      }
    }
  });
});
