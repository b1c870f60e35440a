import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/program.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'supergloo-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command, which `npm test` builds first. */
const supergloo = (args: readonly string[], input = ''): Run => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
    input,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
};

const documentOf = ({ out }: Run): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const reviews = (spec: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  hosts: [reviews]
${spec}`;

describe('the command line', () => {
  it('prints its version, and nothing else', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(supergloo(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('has a worked example in the help of every command', () => {
    for (const command of commandLine('0.0.0', () => {}).commands.map(one => one.name())) {
      expect(supergloo([command, '--help']).out).toMatch(/Examples?:\n {2}supergloo /);
    }
  });

  it('ends with 2 when the command line is wrong, with 1 when there is nothing to read', () => {
    expect(supergloo(['nonsense']).code).toBe(2);
    expect(supergloo(['discover']).code).toBe(2);
    expect(supergloo(['convert', '-f', 'examples/shop', '--from', 'istio', '--to', 'nowhere'])).toMatchObject({
      code: 2,
      out: '',
    });
    expect(supergloo(['discover', '-f', join(folder, 'absent')]).code).toBe(1);
    expect(supergloo(['discover', '-f', '-'], '').code).toBe(1);
  });

  it('prints one document also when it cannot do it', () => {
    const run = supergloo([
      'explain',
      '-f',
      'examples/shop',
      '--from',
      'shop/nobody',
      '--to',
      'cart.shop',
      '-o',
      'json',
    ]);
    expect(run.code).toBe(2);
    expect(documentOf(run)).toMatchObject({ kind: 'Explanation', findings: [{ severity: 'error' }] });
  });
});

describe('explain', () => {
  const ask = ['explain', '-f', 'examples/shop', '--from', 'shop/storefront', '--to', 'catalog.shop', '--path', '/x'];

  it('tells the deciding line, and gives the same in JSON', () => {
    expect(supergloo(ask).out).toMatch(/route .*`everyone`.*examples\/shop\/traffic\.yaml:\d+/);
    const { hops, outcome } = documentOf(supergloo([...ask, '-o', 'json'])) as {
      hops: { decisions: { capability: string; source?: { file: string; line: number } }[] }[];
      outcome: { decision: string; backends: { weight: number; endpoints: string }[]; encrypted: string };
    };
    const text = readFileSync(join(root, 'examples/shop/traffic.yaml'), 'utf8').split('\n');
    const route = hops[0]!.decisions.find(({ capability }) => capability === 'route')!;
    expect(text[route.source!.line - 1]).toContain('name: everyone');
    expect(outcome).toMatchObject({ decision: 'forwarded', encrypted: 'mtls' });
    expect(outcome.backends.map(({ weight }) => weight)).toEqual([90_000, 10_000]);
  });

  it('says which workloads there are when the one named is not', () => {
    const { code, err } = supergloo([
      'explain',
      '-f',
      'examples/shop',
      '--from',
      'shop/strefront',
      '--to',
      'cart.shop',
    ]);
    expect(code).toBe(2);
    expect(err).toContain('shop/storefront');
  });
});

describe('input', () => {
  it('is the same from a file, a folder, standard input and a List', () => {
    const text = reviews('  http: [{ route: [{ destination: { host: reviews } }] }]\n');
    const path = file('one.yaml', text);
    const asList = `apiVersion: v1\nkind: List\nitems:\n- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`;
    const services = (run: Run) => documentOf(run).services;
    const expected = services(supergloo(['discover', '-f', path, '-o', 'json']));
    expect(expected).toHaveLength(1);
    expect(services(supergloo(['discover', '-f', '-', '-o', 'json'], text))).toEqual(expected);
    expect(services(supergloo(['discover', '-f', '-', '-o', 'json'], asList))).toEqual(expected);
  });

  it('is read around what is broken, which is told with its line, and the command ends with 3', () => {
    const text = `${reviews('  http: [{ route: [{ destination: { host: reviews } }] }]\n')}---\nkind: [\n---\nname: {{ .Values.x }}\n`;
    const run = supergloo(['discover', '-f', file('broken.yaml', text), '-o', 'json']);
    expect(run.code).toBe(3);
    const { findings, services } = documentOf(run) as {
      findings: { code: string; source: { line: number } }[];
      services: unknown[];
    };
    expect(services).toHaveLength(1);
    expect(
      findings.filter(({ code }) => code.startsWith('FILE')).map(({ code, source }) => [code, source.line]),
    ).toEqual([
      ['FILE001', 8],
      ['FILE002', 10],
    ]);
  });
});

describe('convert', () => {
  it('writes one file per object and the ledger to its file', () => {
    const out = join(folder, 'out');
    const ledger = join(folder, 'ledger.txt');
    const path = file('route.yaml', reviews('  http: [{ route: [{ destination: { host: reviews } }] }]\n'));
    const run = supergloo([
      'convert',
      '-f',
      path,
      '--from',
      'istio',
      '--to',
      'istio',
      '--out',
      out,
      '--ledger',
      ledger,
    ]);
    expect(run).toMatchObject({ out: '', err: '' });
    expect(readdirSync(out)).toHaveLength(1);
    expect(readFileSync(ledger, 'utf8')).toContain('istio → istio: 1 object\n');
  });

  it('writes the forms that a mesh has beside objects of Kubernetes, each in a file', () => {
    const out = join(folder, 'entries');
    const args = ['convert', '-f', 'examples/shop', '--from', 'istio', '--to', 'consul', '--no-verdict'];
    supergloo([...args, '--form', 'hcl', '--out', out]);
    const files = readdirSync(out);
    expect(files).toContain('servicerouter-shop-catalog.hcl');
    expect(files.filter(name => name.endsWith('.yaml')).every(name => name.startsWith('deployment-'))).toBe(true);
    expect(readFileSync(join(out, 'servicerouter-shop-catalog.hcl'), 'utf8')).toContain('Kind = "service-router"');
    expect(supergloo([...args, '--form', 'hcl'])).toMatchObject({ code: 2, out: '' });
    expect(supergloo([...args, '--form', 'toml', '--out', out]).err).toContain('there are hcl, json');
  });

  it('ends with what was asked of the written objects, and a request for each difference', () => {
    const args = ['convert', '-f', 'examples/shop', '--from', 'istio', '--to', 'linkerd'];
    const { code, out, err } = supergloo(args);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(
      /access is looser at shop\/catalog:80: GET \/admin from shop\/cart\n +wished +denied with 403 .*\n +written +forwarded/,
    );
    expect(err.trimEnd().endsWith('To accept: --accept access-deny')).toBe(true);
    const accepted = JSON.parse(supergloo([...args, '--accept', 'access-deny', '-o', 'json']).out);
    expect(accepted.objects.length).toBeGreaterThan(0);
    expect(accepted.comparison.services).toContainEqual(
      expect.objectContaining({ service: 'shop/catalog', aspect: 'access', verdict: 'looser' }),
    );
    expect(supergloo(['convert', '-f', 'examples/shop', '--from', 'istio', '--to', 'istio']).err).toMatch(
      /(\d+) of \1 answers are those that were wished/,
    );
  });

  it('asks nothing where nothing could be read', () => {
    const path = file('broken.yaml', 'apiVersion: v1\nkind: [\n');
    const { code, err } = supergloo(['convert', '-f', path, '--from', 'istio', '--to', 'linkerd']);
    expect(code).toBe(1);
    expect(err).toContain('FILE001');
    expect(err).not.toContain('asked of what is written');
  });

  it('says what the writer has to tell, in text as in JSON', () => {
    const path = file(
      'breaker.yaml',
      `apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec: { host: cart, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3, maxEjectionPercent: 100 } } }
`,
    );
    const args = ['convert', '-f', path, '--from', 'istio', '--to', 'linkerd'];
    expect(supergloo(args).err).toContain('LINKERD301');
    const { findings } = documentOf(supergloo([...args, '-o', 'json'])) as { findings: { code: string }[] };
    expect(findings.map(({ code }) => code)).toContain('LINKERD301');
  });

  describe('tells apart what somebody wrote and what the meshes do by themselves', () => {
    const route = (name: string, rule: string): string =>
      file(
        name,
        `apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: cart, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: cart }]
  rules: [{ ${rule}, backendRefs: [{ name: cart, port: 80 }] }]
`,
      );
    const toLinkerd = (path: string) => ['convert', '-f', path, '--from', 'gateway-api', '--to', 'linkerd'];

    it('ends with 0 where all that was written is kept, and never calls it equal', () => {
      const args = toLinkerd(route('kept.yaml', 'matches: [{ path: { value: /a } }]'));
      const run = supergloo(args);
      expect(run.code).toBe(0);
      expect(run.err).toContain('what the meshes do by themselves differs');
      expect(run.err).not.toContain('behaves differently');
      const document = documentOf(supergloo([...args, '-o', 'json'])) as { verdict: string; losses: object[] };
      expect(document.verdict).toBe('different');
      expect(document.losses).toContainEqual(expect.objectContaining({ code: 'load-balancing', byDefault: true }));
    });

    it('ends with 3 where something written is lost', () => {
      const mirror = 'filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: cart, port: 80 } } }]';
      const run = supergloo(toLinkerd(route('lost.yaml', mirror)));
      expect(run.code).toBe(3);
      expect(run.err).toContain('behaves differently');
    });
  });

  it('gives the same bytes whatever the order of the input', () => {
    const args = (...files: string[]) => [
      'convert',
      ...files.flatMap(name => ['-f', `examples/shop/${name}.yaml`]),
      '--from',
      'istio',
      '--to',
      'istio',
    ];
    const one = supergloo(args('workloads', 'traffic', 'security', 'ingress'));
    expect(one.out.length).toBeGreaterThan(100);
    expect(supergloo(args('ingress', 'security', 'traffic', 'workloads')).out).toBe(one.out);
  });
});
