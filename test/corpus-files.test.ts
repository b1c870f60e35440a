import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findFiles } from '../src/store/files/find.ts';
import { readFiles } from '../src/store/files/store.ts';
import { sharedFolder } from '../tools/gen/shared.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const corpus = sharedFolder(root, 'corpus');
if (!corpus) console.log('skipped: there is no corpus beside the project');
if (process.env.CI && !corpus) throw new Error('the corpus is absent');

describe.skipIf(!corpus)('every file of the corpus', () => {
  const folder = corpus ?? '';
  const read = corpus ? readFiles([corpus]) : { objects: [], findings: [], files: 0, locate: async () => undefined };

  test('gives objects, or a finding that says why it gives none', () => {
    const told = new Set([
      ...read.objects.map(({ ref }) => ref.file),
      ...read.findings.map(({ place, subject }) => place?.file ?? subject?.file),
    ]);
    // A list without elements has nothing to give and nothing to tell.
    const silent = findFiles([folder]).filter(
      file => !told.has(file) && !/items: \[\]/.test(readFileSync(file, 'utf8')),
    );
    expect(silent).toEqual([]);
    expect(read.objects.length).toBeGreaterThan(3000);
  });

  test('is text that can be read, but for keys that are written twice', () => {
    const broken = read.findings.filter(
      ({ severity, code }) => severity === 'error' && code !== 'FILE003' && code !== 'FILE015',
    );
    const guide = 'hashicorp__consul-v1.16.0/website/content/docs/k8s/connect/cluster-peering/usage';
    expect(broken.map(({ code, place }) => `${code} ${relative(folder, place?.file ?? '')}:${place?.line}`)).toEqual([
      `FILE004 ${guide}/create-sameness-groups.mdx__blk00.yaml:9`,
      `FILE004 ${guide}/create-sameness-groups.mdx__blk01.yaml:9`,
      `FILE004 ${guide}/create-sameness-groups.mdx__blk02.yaml:10`,
    ]);
  });

  test('is HCL, but for placeholders, typographic quotes and words that stand for themselves', () => {
    const broken = read.findings.filter(({ code }) => code === 'FILE015');
    const lines = broken.map(
      ({ place }) => readFileSync(place?.file ?? '', 'utf8').split('\n')[(place?.line ?? 0) - 1] ?? '',
    );
    expect(lines).toHaveLength(13);
    expect(
      lines.filter(line => !/<[\w ]+|[“”]|"allow" or "deny"|Service = frontend|^ {2}Name = "api"/.test(line)),
    ).toEqual([]);
  });

  test('shows the kind and the name of each object where they are said to be', async () => {
    const lines = new Map<string, string[]>();
    const lineOf = (file: string, line: number): string => {
      const text = lines.get(file) ?? readFileSync(file, 'utf8').split('\n');
      lines.set(file, text);
      return text[line - 1] ?? '';
    };
    for (const { ref: object, body } of read.objects) {
      // An entry of Consul's API has them under names of its own.
      const ofEntry = Object.entries(body).filter(([key]) => /^(?:kind|name)$/i.test(key));
      const words =
        'apiVersion' in body
          ? [['kind', object.kind] as const, ['metadata.name', object.name.replace('…', '')] as const]
          : ofEntry.map(([key, value]) => [key, String(value)] as const);
      for (const [path, value] of words) {
        const place = await read.locate({ object, path });
        expect(lineOf(place?.file ?? '', place?.line ?? 0), `${place?.file}:${place?.line}`).toContain(value);
      }
    }
  });
});
