import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'supergloo-compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the built command, which `npm test` builds first. */
const compare = (args: readonly string[], cwd = root, input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'compare', ...args], {
    cwd,
    encoding: 'utf8',
    input,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
};

const [before, after] = ['examples/edit/before.yaml', 'examples/edit/after.yaml'];
const text = readFileSync(join(root, before), 'utf8');

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

interface Document {
  readonly verdict: string;
  readonly services: readonly {
    readonly service: string;
    readonly aspect: string;
    readonly verdict: string;
    readonly witness?: Record<'a' | 'b', { readonly outcome: object; readonly source: { file: string; line: number } }>;
  }[];
  readonly findings: readonly { readonly code: string; readonly side: string }[];
}

const documentOf = (args: readonly string[]): Document => JSON.parse(compare([...args, '-o', 'json']).out) as Document;

const lineOf = (path: string, words: string): number =>
  readFileSync(join(root, path), 'utf8')
    .split('\n')
    .findIndex(line => line.includes(words)) + 1;

describe('compare', () => {
  it('ends with 0 where both sides do the same, also written in another order', () => {
    const turned = file('turned.yaml', text.split('---\n').reverse().join('---\n'));
    expect(compare([before, turned])).toMatchObject({ code: 0, out: expect.stringContaining('does what') });
    expect(compare([before, '-'], root, text).code).toBe(0);
  });

  it('ends with 4 where more get in, with the request and the lines of both sides', () => {
    const { code, out } = compare([before, after]);
    expect(code).toBe(4);
    expect(out).toContain(`${after} is weaker than ${before} in access`);
    expect(out).toMatch(/shop\/payments:80 access is looser\n {2}GET \/ {2}from shop\/orders\n/);
    expect(out).toMatch(/denied with 403 +examples\/edit\/before\.yaml:\d+\n/);
    expect(out).toMatch(/forwarded +examples\/edit\/after\.yaml:\d+\n/);
    const { verdict, services } = documentOf([before, after]);
    expect(verdict).toBe('looser');
    const { witness } = services.find(({ aspect, verdict }) => aspect === 'access' && verdict === 'looser')!;
    expect(witness).toMatchObject({
      a: { outcome: { decision: 'denied' } },
      b: { outcome: { decision: 'forwarded' } },
    });
    expect(witness!.b.source).toMatchObject({ file: after, line: lineOf(after, '- from:') });
  });

  it('gives commands that tell the same again', () => {
    const commands = [...compare([before, after]).out.matchAll(/supergloo (explain .*)/g)].map(
      ([, words = '']) => words,
    );
    const ends = commands.slice(0, 2).map(words => {
      const { stdout } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...words.split(' ')], { cwd: root });
      return /→ (\w+)/.exec(stdout.toString('utf8'))?.[1];
    });
    expect(ends).toEqual(['denied', 'forwarded']);
  });

  it('ends with 3 where what is weaker is accepted by its name, where it is stricter, or only other', () => {
    expect(compare([before, after, '--accept', 'access-looser']).code).toBe(3);
    expect(compare([before, after, '--accept', 'encryption-looser']).code).toBe(4);
    expect(compare([after, before]).code).toBe(3);
    const slower = file('slower.yaml', text.replace('timeout: 2s', 'timeout: 3s'));
    const { code, out } = compare([before, slower]);
    expect(code).toBe(3);
    expect(out).toMatch(/resilience is different[\s\S]*timeout 2000 ms[\s\S]*timeout 3000 ms/);
  });

  it('is undecided where a part of one side could not be read, and not where both have the same part', () => {
    const nothing = file('nothing.yaml', 'kind: [\n');
    expect(compare([before, nothing])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/nothing\.yaml:\d+: FILE001/),
    });
    const broken = file('broken.yaml', `${text}---\nkind: [\n`);
    expect(compare([before, broken])).toMatchObject({ code: 3, out: expect.stringContaining('undecided') });
    expect(documentOf([before, broken]).findings).toMatchObject([{ code: 'FILE001', side: 'b' }]);
    expect(compare([broken, file('as-broken.yaml', `${text}---\nkind: [\n`)]).code).toBe(0);
    const unread = file('unread.yaml', text.replace('action: ALLOW', 'action: ALLOW\n  onlyOnMondays: true'));
    expect(documentOf([before, unread])).toMatchObject({
      verdict: 'undecided',
      findings: [{ code: 'ENGINE003', side: 'b' }],
    });
    const unreadAgain = file(
      'unread-again.yaml',
      readFileSync(unread, 'utf8').replace(
        /name: payments(?=\n.*\nspec:\n {2}selector:\n {4}match.*\n.*\n {2}action)/,
        'name: renamed',
      ),
    );
    expect(readFileSync(unreadAgain, 'utf8')).toContain('name: renamed');
    expect(compare([unread, unreadAgain]).code).toBe(0);
    const otherwise = file('otherwise.yaml', readFileSync(unread, 'utf8').replace('Mondays: true', 'Mondays: false'));
    expect(documentOf([unread, otherwise]).verdict).toBe('undecided');
  });

  it('tells what differs in the same way at many services once', () => {
    const names = Array.from({ length: 20 }, (_, index) => `payments-${index}`);
    const service = (name: string): string => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: payments }, ports: [{ name: http, port: 80 }] }
`;
    const many = (config: string): string => [config, ...names.map(service)].join('---\n');
    const { out } = compare([
      file('many-a.yaml', many(text)),
      file('many-b.yaml', many(readFileSync(join(root, after), 'utf8'))),
    ]);
    expect(out).toContain('shop/payments:80 access is looser (and 20 alike)');
    expect(out.split('\n').length).toBeLessThan(60);
  });

  it('takes a service for another where it is told to', () => {
    const renamed = file(
      'renamed.yaml',
      text
        .replaceAll('name: payments', 'name: cashier')
        .replace('host: payments', 'host: cashier')
        .replace('- payments', '- cashier'),
    );
    const map = file('map.yaml', 'shop/payments: shop/cashier\n');
    expect(compare([before, renamed, '--map', map])).toMatchObject({ code: 0 });
    const wrong = compare([before, renamed, '--map', file('wrong.yaml', 'shop/nobody: shop/cashier\n')]);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('shop/nobody') });
    expect(compare([before, renamed, '--map', file('list.yaml', '- a\n')]).code).toBe(1);
  });

  it('says what it needs', () => {
    expect(compare([before]).code).toBe(2);
    expect(compare(['-', '-']).code).toBe(2);
    expect(compare([before, file('empty.yaml', '')]).code).toBe(1);
    expect(compare([before, join(folder, 'absent')]).code).toBe(1);
  });
});

describe('compare -o', () => {
  it('markdown gives a table and the details of each difference', () => {
    const { out } = compare([before, after, '-o', 'markdown']);
    expect(out).toContain(
      '| `shop/payments:80` | access is **looser** | `GET /` from `shop/orders` | denied with 403 |',
    );
    expect(out.match(/<details>/g)).toHaveLength(2);
  });

  it('sarif gives a result for each difference at the line of the second side', () => {
    const log = JSON.parse(compare([before, after, '-o', 'sarif']).out);
    expect(log).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'supergloo' } } }] });
    const [{ tool, results }] = log.runs;
    const place = (uri: string) => ({
      physicalLocation: { artifactLocation: { uri }, region: { startLine: expect.any(Number) } },
    });
    expect(results).toMatchObject([
      { ruleId: 'access-looser', level: 'error', locations: [place(after)], relatedLocations: [place(before)] },
      { ruleId: 'resilience-different', level: 'warning', locations: [place(after)] },
    ]);
    for (const { ruleId, ruleIndex, message } of results) {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
      expect(message.text).not.toBe('');
    }
  });
});

describe('compare -o sarif', () => {
  it('gives every result a place, also where nobody wrote what decides', () => {
    const service = (name: string): string =>
      `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: ${name} } }\n`;
    const strict = (mode: string): string =>
      `---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: all, namespace: shop }\nspec: { mtls: { mode: ${mode} } }\n`;
    const a = file('strict.yaml', `${text}${strict('STRICT')}${service('storefront')}${service('old')}`);
    const b = file(
      'permissive.yaml',
      `${text}${strict('PERMISSIVE')}${service('storefront')}${service('new')}---\nkind: [\n`,
    );
    const { runs } = JSON.parse(compare([a, b, '-o', 'sarif']).out);
    const rules = runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId);
    expect(new Set(rules)).toEqual(new Set(['access-looser', 'encryption-looser', 'service-unmatched', 'FILE001']));
    for (const { locations } of runs[0].results) {
      expect([a, b]).toContain(locations[0].physicalLocation.artifactLocation.uri);
      expect(locations[0].physicalLocation.region.startLine).toBeGreaterThan(0);
    }
  });
});

describe('compare --rev', () => {
  const repository = join(folder, 'repository');
  const git = (...args: string[]): void => {
    const env = {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_AUTHOR_NAME: 'Ann',
      GIT_AUTHOR_EMAIL: 'ann@example.com',
      GIT_COMMITTER_NAME: 'Ann',
      GIT_COMMITTER_EMAIL: 'ann@example.com',
    };
    const { status, stderr } = spawnSync('git', args, { cwd: repository, env, encoding: 'utf8' });
    expect(stderr && status, stderr).not.toBe(128);
  };
  const write = (name: string, content: string): void => writeFileSync(join(repository, name), content);

  it('says what a change does to traffic, without touching the working tree', () => {
    mkdirSync(join(repository, 'shop', 'node_modules'), { recursive: true });
    git('init', '--quiet');
    write('shop/ünder score.yaml', text);
    write('shop/node_modules/broken.yaml', 'kind: [');
    write('notes.yaml', 'kind: [');
    git('add', '--all', '--force');
    git('commit', '--quiet', '-m', 'one');
    expect(compare(['--rev', 'HEAD', 'shop'], repository).code).toBe(0);
    write('shop/ünder score.yaml', readFileSync(join(root, after), 'utf8'));
    const edited = compare(['--rev', 'HEAD', 'shop'], repository);
    expect(edited).toMatchObject({ code: 4, err: '' });
    expect(edited.out).toContain('the working tree is weaker than HEAD in access');
    expect(edited.out).toMatch(/HEAD +denied with 403 +shop\/ünder score\.yaml:\d+/);
    git('commit', '--quiet', '--all', '-m', 'two');
    write('shop/ünder score.yaml', 'left: alone\n');
    expect(compare(['--rev', 'HEAD~1', '--rev', 'HEAD'], join(repository, 'shop')).code).toBe(4);
    expect(compare(['--rev', 'HEAD', '--rev', 'HEAD~1'], join(repository, 'shop')).code).toBe(3);
    expect(readFileSync(join(repository, 'shop/ünder score.yaml'), 'utf8')).toBe('left: alone\n');
  });

  it('says what is missing: the repository, the revision, git itself', () => {
    expect(compare(['--rev', 'HEAD'], tmpdir())).toMatchObject({
      code: 1,
      err: expect.stringContaining('git repository'),
    });
    expect(compare(['--rev', 'nowhere'], repository)).toMatchObject({
      code: 1,
      err: expect.stringContaining('`nowhere`'),
    });
    expect(compare(['--rev=--help'], repository)).toMatchObject({
      code: 1,
      err: expect.stringContaining('no revision'),
    });
    expect(compare(['--rev', 'a', '--rev', 'b', '--rev', 'c'], repository).code).toBe(2);
  });
});

describe('compare --moved', () => {
  const meshed = (labels: string) =>
    ['shop', 'front'].map(
      name => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { ${labels} } }\n`,
    );
  const workload = (namespace: string, name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: app, image: app, ports: [{ containerPort: 80 }] }] }
`;
  const noPut = (target: string) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: no-put, namespace: shop }
spec: { ${target}, action: DENY, rules: [{ to: [{ operation: { methods: [PUT] } }] }] }
`;
  const web = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;
  const waypoint = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: guard, namespace: shop }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
`;
  const common = [web, workload('shop', 'web'), workload('front', 'client')];
  const sidecars = file(
    'sidecars.yaml',
    [...common, ...meshed('istio-injection: enabled'), noPut('selector: { matchLabels: { app: web } }')].join('---\n'),
  );
  const ambient = file(
    'ambient.yaml',
    [
      ...common,
      ...meshed('istio.io/dataplane-mode: ambient, istio.io/use-waypoint: guard'),
      waypoint,
      noPut('targetRefs: [{ kind: Service, group: "", name: web }]'),
    ].join('---\n'),
  );

  it('finds that a sidecar passes by the waypoint of a server that moved before it (istio/istio#51445)', () => {
    const { code, out } = compare([sidecars, ambient, '--moved', 'servers']);
    expect(code).toBe(4);
    expect(out).toContain(`${ambient} at servers only is weaker than ${sidecars} in access`);
    expect(out).toMatch(new RegExp(`${sidecars} +denied with 403 +${sidecars}:\\d+\n`));
  });

  it('finds nothing weaker where the clients move first', () => {
    const { verdict, services } = documentOf([sidecars, ambient, '--moved', 'clients']);
    expect(verdict).toBe('different');
    expect(services.filter(one => one.aspect === 'access').map(one => one.verdict)).not.toContain('looser');
  });
});
