import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { ServiceDirectory } from '../../model/directory.ts';
import type { Frontend } from '../../model/frontend.ts';
import { readKubernetes } from '../kubernetes/read-kubernetes.ts';
import { type NativeObject, Snapshot } from '../snapshot.ts';
import { type GatewayApiProfile, specificationProfile } from './profile.ts';
import { startReading } from './reading.ts';
import { readRoutes } from './route.ts';
import { serviceFrontends } from './service-frontends.ts';
import type { RouteManifest } from './write-routes.ts';
import { writeServiceRoutes } from './write-service-routes.ts';

const objectOf = (body: Record<string, unknown>): NativeObject => {
  const { apiVersion, kind, metadata } = body as unknown as RouteManifest;
  return { ref: { apiVersion, kind, name: metadata.name, namespace: metadata.namespace }, body };
};
const parse = (yaml: string): NativeObject[] =>
  yaml.split('\n---\n').map(text => objectOf(load(text) as Record<string, unknown>));

const service = (namespace: string, name: string, ...ports: number[]): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {app: ${name}}
  ports: [${ports.map(port => `{name: p${port}, port: ${port}}`).join(', ')}]`;

const read = (objects: readonly NativeObject[], profile: GatewayApiProfile = specificationProfile) => {
  const snapshot = new Snapshot(objects, 'whole');
  const { inventory } = readKubernetes(snapshot);
  const reading = startReading(snapshot, new ServiceDirectory(inventory), profile);
  const frontends = serviceFrontends(readRoutes(reading), reading, { mesh: 'm' });
  const unread = reading.objects.flatMap(object => snapshot.field(object).account(['spec']).unread);
  return { frontends, findings: reading.findings, unread };
};

const services = [service('shop', 'web', 80, 81), service('shop', 'api', 80), service('shop', 'v2', 80)].join('\n---');

const route = (rest: string, { name = 'r', namespace = 'shop', parent = 'web', kind = 'HTTPRoute' } = {}): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  parentRefs: [{group: "", kind: Service, name: ${parent}, namespace: shop}]
${rest}`;

const readYaml = (yaml: string, profile?: GatewayApiProfile) => read(parse(`${services}\n---${yaml}`), profile);

/** The rules of a table as text: what is matched and where it goes. */
const told = (frontend: Frontend | undefined): string[] =>
  (frontend?.rules ?? []).map(({ match, action }) => {
    const path = match.path
      ? match.path.kind === 'regex'
        ? `~${match.path.regex.pattern}`
        : match.path.value === ''
          ? '*'
          : `${match.path.kind} ${match.path.value}`
      : '*';
    const { target } = action;
    const to =
      target.kind === 'forward'
        ? target.backends
            .map(
              ({ backend, weight }) =>
                `${backend.kind === 'service' ? `${backend.service}:${backend.port}` : backend.status}*${weight.value}`,
            )
            .join(' ')
        : target.kind;
    return `${path} → ${to}`;
  });

describe('a route on a Service', () => {
  it('is a table for everyone, with all of its leaves read', () => {
    const { frontends, findings, unread } = readYaml(
      route(`
  rules:
  - name: first
    matches:
    - path: {type: PathPrefix, value: /a/}
      method: GET
      headers: [{name: X-A, value: "1"}, {name: X-B, type: RegularExpression, value: "b+"}]
      queryParams: [{name: q, value: "1"}]
    filters:
    - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-S, value: s}], add: [{name: X-T, value: t}], remove: [X-U]}}
    - {type: RequestMirror, requestMirror: {backendRef: {name: v2, port: 80}, fraction: {numerator: 1, denominator: 8}}}
    - {type: URLRewrite, urlRewrite: {hostname: other, path: {type: ReplacePrefixMatch, replacePrefixMatch: /z}}}
    - {type: CORS, cors: {allowOrigins: ["https://*.example.com"], allowMethods: [GET], allowCredentials: true}}
    backendRefs: [{name: api, port: 80, weight: 9}, {name: v2, port: 80}]
    timeouts: {request: 10s, backendRequest: 1500ms}
    retry: {codes: [503], attempts: 2, backoff: 100ms}`),
    );
    expect(unread).toEqual([]);
    expect(findings).toEqual([]);
    expect(frontends).toHaveLength(1);
    expect(frontends[0]).toMatchObject({
      id: 'shop/web',
      listens: { kind: 'service', service: 'shop/web' },
      protocol: 'http',
      clients: { mesh: 'm' },
      noMatch: { kind: 'respond', status: 404 },
      rules: [
        {
          match: {
            path: { kind: 'segmentPrefix', value: '/a' },
            method: { kind: 'exact', value: 'GET' },
            headers: [{ name: 'x-a' }, { name: 'x-b', match: { kind: 'regex', regex: { pattern: 'b+' } } }],
            query: [{ name: 'q', match: { kind: 'exact', value: '1' } }],
          },
          action: {
            name: 'first',
            timeouts: { request: { value: 10_000 }, perTry: { value: 1500 } },
            retries: { max: { value: 2 }, on: { value: ['status:503'] }, backoff: { value: { baseMs: 100 } } },
            requestHeaders: { set: { 'x-s': 's' }, add: { 'x-t': 't' }, remove: ['x-u'] },
            mirrors: [{ percent: { value: 12.5 } }],
            rewrite: { host: 'other', path: { kind: 'segmentPrefix', value: '/z' } },
            cors: {
              allowOrigins: [{ kind: 'regex', regex: { pattern: 'https://.+\\.example\\.com' } }],
              maxAgeSeconds: 5,
            },
          },
        },
      ],
    });
    expect(told(frontends[0])).toEqual(['segmentPrefix /a → shop/api:80*9 shop/v2:80*1']);
  });

  it('is ranked together with the other routes on it', () => {
    const { frontends } = readYaml(
      [
        route(
          `  rules: [{backendRefs: [{name: web, port: 80}]}, {matches: [{path: {value: /a}}], backendRefs: [{name: api, port: 80}]}]`,
        ),
        route(`  rules: [{matches: [{path: {type: Exact, value: /a}}], backendRefs: [{name: v2, port: 80}]}]`, {
          name: 's',
        }),
      ].join('\n---'),
    );
    expect(told(frontends[0])).toEqual([
      'exact /a → shop/v2:80*1',
      'segmentPrefix /a → shop/api:80*1',
      '* → shop/web:80*1',
    ]);
  });

  it('on one port leaves the others alone, and shares it with routes on all ports', () => {
    const { frontends } = readYaml(
      [
        route(`  rules: [{backendRefs: [{name: web, port: 80}]}]`),
        `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: s, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: web, sectionName: p81}]
  rules: [{matches: [{path: {value: /a}}], backendRefs: [{name: v2, port: 80}]}]`,
      ].join('\n---'),
    );
    expect(frontends.map(frontend => [frontend.id, told(frontend)])).toEqual([
      ['shop/web:81', ['segmentPrefix /a → shop/v2:80*1', '* → shop/web:80*1']],
      ['shop/web', ['* → shop/web:80*1']],
    ]);
  });

  const producerAndConsumer = [
    route(`  rules: [{matches: [{path: {value: /p}}], backendRefs: [{name: api, port: 80}]}]`),
    route(`  rules: [{matches: [{path: {value: /c}}], backendRefs: [{name: v2, namespace: shop, port: 80}]}]`, {
      name: 'c',
      namespace: 'other',
    }),
  ].join('\n---');

  it('of another namespace replaces the producer routes for clients of that namespace (observed-istio 15.10)', () => {
    const { frontends } = readYaml(producerAndConsumer);
    expect(frontends.map(frontend => [frontend.clients.namespaces, told(frontend)])).toEqual([
      [['other'], ['segmentPrefix /c → shop/v2:80*1']],
      [undefined, ['segmentPrefix /p → shop/api:80*1']],
    ]);
  });

  it('of another namespace adds to the producer routes where the implementation merges them', () => {
    const { frontends } = readYaml(producerAndConsumer, { ...specificationProfile, consumerRoutes: 'merge' });
    expect(told(frontends[0])).toEqual(['segmentPrefix /c → shop/v2:80*1', 'segmentPrefix /p → shop/api:80*1']);
  });

  it.each([
    ['an unknown Service', '[{name: ghost, port: 80}, {name: api, port: 80}]', '* → 500*1 shop/api:80*1'],
    ['an unknown port', '[{name: api, port: 9}]', '* → 500*1'],
    ['no port', '[{name: api}]', '* → 500*1'],
    ['another namespace that it does not name', '[{name: web, namespace: other, port: 80}]', '* → 500*1'],
    ['only zero weights', '[{name: api, port: 80, weight: 0}]', '* → 500*1'],
    ['nothing', '[]', '* → 500*1'],
    ['an unknown kind', '[{name: api, kind: Bucket, group: storage.example, port: 80}]', '* → 500*1'],
  ])('answers 500 for a backend with %s, and says so', (_, refs, expected) => {
    const { frontends, findings } = readYaml(route(`  rules: [{backendRefs: ${refs}}]`));
    expect(told(frontends[0])).toEqual([expected]);
    expect(findings.map(({ code }) => code)).toEqual([expect.stringMatching(/GWAPI002|GWAPI010/)]);
  });

  it.each([
    ['{type: ExtensionRef, extensionRef: {group: x.example, kind: Y, name: z}}', 'Y.x.example shop/z'],
    [
      '{type: ExternalAuth, externalAuth: {protocol: GRPC, backendRef: {name: auth, port: 9000}, forwardBody: {maxSize: 9}, grpc: {allowedHeaders: [a, b]}}}',
      'authorisation by GRPC shop/auth:9000, shown metadata a b, shown 9 bytes of the body',
    ],
    [
      '{type: ExternalAuth, externalAuth: {protocol: HTTP, backendRef: {name: auth, namespace: far, port: 80}, http: {path: /check, allowedHeaders: [a], allowedResponseHeaders: [b]}}}',
      'authorisation by HTTP far/auth:80/check, shown headers a, taken headers b',
    ],
  ])('answers 500 where a filter is not honoured, and says what it was: %s', (filter, name) => {
    const { frontends, findings, unread } = readYaml(
      route(`  rules: [{filters: [${filter}], backendRefs: [{name: api, port: 80}]}]`),
    );
    expect(told(frontends[0])).toEqual(['* → 500*1']);
    const { target } = frontends[0]!.rules[0]!.action;
    expect(target.kind === 'forward' && target.backends[0]?.backend).toMatchObject({ named: name });
    expect(findings.map(({ code }) => code)).toEqual(['GWAPI001']);
    expect(unread).toEqual([]);
  });

  it('leaves unread what a filter says that would be defined and is not honoured', () => {
    const { unread } = readYaml(
      route(
        '  rules: [{filters: [{type: URLRewrite, urlRewrite: {hostname: a}}], backendRefs: [{name: api, port: 80}]}]',
      ),
      { ...specificationProfile, filters: [] },
    );
    expect(unread.map(({ source }) => source.path)).toContain('spec.rules[0].filters[0].urlRewrite.hostname');
  });

  it('without a list of rules fails every request, and with an empty list finds none', () => {
    expect(told(readYaml(route('')).frontends[0])).toEqual(['* → 500*1']);
    expect(told(readYaml(route('  rules: []')).frontends[0])).toEqual([]);
  });

  it('says that its host names have no effect', () => {
    const { findings, unread } = readYaml(
      route(`  hostnames: [foo.example]\n  rules: [{backendRefs: [{name: api, port: 80}]}]`),
    );
    expect(findings.map(({ code }) => code)).toEqual(['GWAPI007']);
    expect(unread.map(({ source }) => source.path)).toEqual(['spec.hostnames[0]']);
  });

  it('puts the more specific host first where host names count', () => {
    const profile: GatewayApiProfile = { ...specificationProfile, serviceHostnames: 'honoured' };
    const { frontends } = readYaml(
      [
        route(`  rules: [{matches: [{path: {type: Exact, value: /a}}], backendRefs: [{name: web, port: 80}]}]`),
        route(`  hostnames: [foo.example]\n  rules: [{backendRefs: [{name: api, port: 80}]}]`, { name: 's' }),
      ].join('\n---'),
      profile,
    );
    expect(frontends[0]?.rules.map(({ match }) => match.authority)).toEqual([
      { kind: 'regex', regex: { pattern: '(?i)foo\\.example(?::[0-9]+)?', dialect: 're2', anchoring: 'full' } },
      undefined,
    ]);
  });

  it('of gRPC kind is ranked by service, then method', () => {
    const { frontends } = readYaml(
      route(
        `
  rules:
  - backendRefs: [{name: web, port: 80}]
  - matches: [{method: {method: Get}}]
    backendRefs: [{name: v2, port: 80}]
  - matches: [{method: {service: a.B}}]
    backendRefs: [{name: api, port: 80}]
  - matches: [{method: {service: a.B, method: Get}}]
    backendRefs: [{name: api, port: 80}]`,
        { kind: 'GRPCRoute' },
      ),
    );
    expect(frontends[0]?.protocol).toBe('grpc');
    expect(told(frontends[0])).toEqual([
      'exact /a.B/Get → shop/api:80*1',
      'segmentPrefix /a.B → shop/api:80*1',
      '~/[^/]+/Get → shop/v2:80*1',
      '* → shop/web:80*1',
    ]);
  });

  it('gives way to a more specific kind on the same port', () => {
    const { frontends, findings } = readYaml(
      [
        route(`  rules: [{backendRefs: [{name: web, port: 80}]}]`, { kind: 'TCPRoute', name: 't' }),
        route(`  rules: [{backendRefs: [{name: api, port: 80}]}]`),
      ].join('\n---'),
    );
    expect(frontends.map(({ protocol }) => protocol)).toEqual(['http']);
    expect(findings.map(({ code, subject }) => [code, subject?.kind])).toEqual([['GWAPI006', 'TCPRoute']]);
  });

  it('warns of an expression whose place among prefixes is not defined', () => {
    const { findings } = readYaml(
      route(`
  rules:
  - matches: [{path: {type: RegularExpression, value: "/a.*"}}]
    backendRefs: [{name: web, port: 80}]
  - backendRefs: [{name: api, port: 80}]`),
    );
    expect(findings.map(({ code }) => code)).toEqual(['GWAPI005']);
  });

  it('warns of a tie that only age decides', () => {
    const rules = '  rules: [{backendRefs: [{name: web, port: 80}]}]';
    const { findings } = readYaml([route(rules), route(rules, { name: 's' })].join('\n---'));
    expect(findings.map(({ code }) => code)).toEqual(['GWAPI009']);
  });
});

describe('a table written as routes', () => {
  const write = (frontend: Frontend): readonly RouteManifest[] =>
    writeServiceRoutes(frontend, {
      profile: specificationProfile,
      labels: {},
      portsOf: () => [80, 81],
      referTo: (backend, dialled) => {
        if (backend.kind === 'nowhere') return undefined;
        const [backendNamespace = '', name = ''] = backend.service.split('/');
        return { namespace: backendNamespace, name, port: backend.port ?? dialled ?? 0 };
      },
    });
  const again = (manifests: readonly RouteManifest[]) =>
    read([...parse(services), ...manifests.map(manifest => objectOf(manifest as unknown as Record<string, unknown>))]);

  const samples: readonly (readonly [string, string])[] = [
    [
      'every part',
      `
  rules:
  - name: first
    matches:
    - path: {type: Exact, value: /a}
      method: GET
      headers: [{name: x-a, value: "1"}]
      queryParams: [{name: q, type: RegularExpression, value: "1+"}]
    - path: {value: /b}
    filters:
    - {type: ResponseHeaderModifier, responseHeaderModifier: {remove: [x-u]}}
    - {type: RequestMirror, requestMirror: {backendRef: {name: v2, port: 80}, percent: 5}}
    - {type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /z}}}
    - {type: CORS, cors: {allowOrigins: ["https://*.example.com", "*"], maxAge: 60}}
    backendRefs:
    - {name: api, port: 80, weight: 9, filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x, value: y}]}}]}
    - {name: v2, port: 80}
    timeouts: {request: 10s, backendRequest: 0s}
    retry: {codes: [503], attempts: 2, backoff: 100ms}`,
    ],
    [
      'redirects',
      `
  rules:
  - matches: [{path: {value: /a}}]
    filters: [{type: RequestRedirect, requestRedirect: {scheme: https, hostname: h.example, port: 8443, statusCode: 301, path: {type: ReplacePrefixMatch, replacePrefixMatch: /b}}}]`,
    ],
    [
      'an error for every request',
      `
  rules: [{matches: [{path: {type: RegularExpression, value: "/[a-z]+"}}]}]`,
    ],
  ];

  it.each(samples)('reads back the same: %s', (_, yaml) => {
    const first = readYaml(route(yaml)).frontends;
    const manifests = first.flatMap(frontend => write(frontend));
    const second = again(manifests).frontends;
    const bare = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (key, v) => (['source', 'id', 'why', 'named', 'origin'].includes(key) ? undefined : v)),
      );
    expect(bare(second)).toEqual(bare(first));
    expect(second.flatMap(frontend => write(frontend))).toEqual(manifests);
  });

  it('reads back the same: gRPC', () => {
    const yaml = `
  rules:
  - matches: [{method: {service: a.B, method: Get}, headers: [{name: x, value: "1"}]}, {method: {service: c.D}}]
    backendRefs: [{name: api, port: 80}]
  - backendRefs: [{name: v2, port: 80}]`;
    const [first] = readYaml(route(yaml, { kind: 'GRPCRoute' })).frontends;
    const manifests = write(first!);
    expect(manifests.map(({ kind }) => kind)).toEqual(['GRPCRoute']);
    expect(told(again(manifests).frontends[0])).toEqual(told(first));
  });

  it('is attached once for each port where it depends on the port dialled', () => {
    const [table] = readYaml(
      route(`  rules: [{matches: [{path: {value: /a}}], backendRefs: [{name: api, port: 80}]}]`),
    ).frontends;
    const manifests = write({ ...table!, noMatch: { kind: 'passToService' } });
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual(['web-80', 'web-81']);
    expect(again(manifests).frontends.map(frontend => [frontend.id, told(frontend)])).toEqual([
      ['shop/web:80', ['segmentPrefix /a → shop/api:80*1', '* → shop/web:80*1']],
      ['shop/web:81', ['segmentPrefix /a → shop/api:80*1', '* → shop/web:81*1']],
    ]);
  });

  it('is split where it is too long for one route, in its order', () => {
    const rules = Array.from(
      { length: 20 },
      (_, n) =>
        `  - {matches: [{path: {value: /p${n}}}], backendRefs: [{name: api, port: 80}], timeouts: {request: ${n + 1}s}}`,
    );
    const [table] = readYaml(
      [
        route(`  rules:\n${rules.slice(0, 10).join('\n')}`),
        route(`  rules:\n${rules.slice(10).join('\n')}`, { name: 's' }),
      ].join('\n---'),
    ).frontends;
    const manifests = write(table!);
    expect(manifests.map(({ metadata, spec }) => [metadata.name, (spec.rules as unknown[]).length])).toEqual([
      ['web-1', 16],
      ['web-2', 4],
    ]);
    expect(told(again(manifests).frontends[0])).toEqual(told(table));
  });

  it('says what one backend gets whatever its weight, so that rules which do the same become one', () => {
    const rules = [20, 1].map(
      (weight, n) =>
        `  - {matches: [{path: {value: /p${n}}}], backendRefs: [{name: api, port: 80, weight: ${weight}}]}`,
    );
    const [table] = readYaml(route(`  rules:\n${rules.join('\n')}`)).frontends;
    const [manifest] = write(table!);
    expect(manifest?.spec.rules).toHaveLength(1);
    expect(write(again([manifest!]).frontends[0]!)).toEqual([manifest]);
  });

  it('lives with its clients when it is theirs', () => {
    const { frontends } = readYaml(
      route(`  rules: [{matches: [{path: {value: /c}}], backendRefs: [{name: v2, namespace: shop, port: 80}]}]`, {
        namespace: 'other',
      }),
    );
    const [manifest] = write(frontends[0]!);
    expect(manifest?.metadata).toMatchObject({ name: 'web-shop', namespace: 'other' });
    expect(again([manifest!]).frontends[0]?.clients).toEqual({ mesh: 'm', namespaces: ['other'] });
  });
});
