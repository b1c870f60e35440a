import { describe, expect, it } from 'vitest';
import { snapshotFrom } from '../../../test/support/snapshot.ts';
import { validate } from './validate.ts';

const object = (kind: string, spec: string): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: a, namespace: shop }
spec: ${spec}
`;

const refused = (kind: string, spec: string): readonly string[] =>
  validate(snapshotFrom(object(kind, spec))).map(({ code, path }) => `${code} ${path}`);

const rule = (text: string): readonly string[] =>
  refused('HTTPRoute', `{ rules: [${text}] }`).map(line => line.replace('spec.rules[0].', ''));

const toA = 'backendRefs: [{ name: a, port: 80 }]';
const filter = (type: string, holder: string, text: string): string => `{ type: ${type}, ${holder}: ${text} }`;
const redirect = filter('RequestRedirect', 'requestRedirect', '{ hostname: a.example }');
const toPrefix = (type: string, holder: string): string =>
  filter(type, holder, '{ path: { type: ReplacePrefixMatch, replacePrefixMatch: /b } }');

describe('an HTTPRoute in order', () => {
  it.each([
    `{ matches: [{ path: { value: /a%41/b.c } }], ${toA} }`,
    `{ matches: [{ path: { type: RegularExpression, value: "[a]//b" } }], ${toA} }`,
    `{ filters: [${toPrefix('URLRewrite', 'urlRewrite')}], ${toA} }`,
    `{ matches: [{ headers: [{ name: a, value: b }] }], filters: [${toPrefix('RequestRedirect', 'requestRedirect')}] }`,
    '{ timeouts: { request: 0s, backendRequest: 1s } }',
    '{ backendRefs: [{ group: example.org, kind: Bucket, name: a }] }',
    '{ sessionPersistence: { type: Header, header: { name: a } } }',
  ])('is let through: %s', text => {
    expect(rule(text)).toEqual([]);
  });
});

describe('of an HTTPRoute is refused', () => {
  it.each(['a', '//a', '/a/../b', '/a/./b', '/a/..', '/a/.', '/a%2fb', '/a%2Fb', '/a#b', '/{a}', '/a%4'])(
    'the path %s',
    path => {
      expect(rule(`{ matches: [{ path: { type: Exact, value: "${path}" } }] }`)).toEqual([
        'GWAPI901 matches[0].path.value',
      ]);
    },
  );

  it.each([
    ['a Service without a port', '{ backendRefs: [{ name: a }] }', ['GWAPI903 backendRefs[0]']],
    [
      'a header that is matched twice',
      '{ matches: [{ headers: [{ name: a, value: b }, { name: a, value: c }] }] }',
      ['GWAPI904 matches[0].headers[1]'],
    ],
    ['a redirect beside backends', `{ filters: [${redirect}], ${toA} }`, ['GWAPI902 filters[0]']],
    [
      'a redirect beside a rewrite',
      `{ filters: [${redirect}, ${filter('URLRewrite', 'urlRewrite', '{ hostname: b }')}] }`,
      ['GWAPI902 filters[1]'],
    ],
    ['a filter twice', `{ filters: [${redirect}, ${redirect}] }`, ['GWAPI904 filters[1]']],
    [
      'a filter that does not hold what it says',
      '{ filters: [{ type: RequestMirror, cors: { allowOrigins: ["*"] } }] }',
      ['GWAPI903 filters[0]', 'GWAPI902 filters[0].cors'],
    ],
    [
      'a prefix in the place of two',
      `{ matches: [{ path: { value: /a } }, { path: { value: /b } }], filters: [${toPrefix('URLRewrite', 'urlRewrite')}] }`,
      ['GWAPI902 filters[0].urlRewrite.path'],
    ],
    [
      'a prefix in the place of a path, of a backend',
      `{ matches: [{ path: { type: Exact, value: /a } }], backendRefs: [{ name: a, port: 80, filters: [${toPrefix('URLRewrite', 'urlRewrite')}] }] }`,
      ['GWAPI902 backendRefs[0].filters[0].urlRewrite.path'],
    ],
    [
      'another path than the type says',
      `{ filters: [${filter('URLRewrite', 'urlRewrite', '{ path: { type: ReplaceFullPath, replacePrefixMatch: /b } }')}] }`,
      ['GWAPI903 filters[0].urlRewrite.path', 'GWAPI902 filters[0].urlRewrite.path.replacePrefixMatch'],
    ],
    [
      'a mirror by percent and by fraction',
      `{ filters: [${filter('RequestMirror', 'requestMirror', '{ backendRef: { name: a, port: 80 }, percent: 5, fraction: { numerator: 2, denominator: 1 } }')}] }`,
      ['GWAPI902 filters[0].requestMirror.fraction', 'GWAPI901 filters[0].requestMirror.fraction'],
    ],
    [
      'every origin and one more',
      `{ filters: [${filter('CORS', 'cors', '{ allowOrigins: ["*", "https://a.example"] }')}] }`,
      ['GWAPI902 filters[0].cors.allowOrigins[0]'],
    ],
    [
      'authorisation by gRPC that says how HTTP does it',
      `{ filters: [${filter('ExternalAuth', 'externalAuth', '{ protocol: GRPC, http: { path: /a }, backendRef: { name: a } }')}] }`,
      [
        'GWAPI903 filters[0].externalAuth',
        'GWAPI902 filters[0].externalAuth.http',
        'GWAPI903 filters[0].externalAuth.backendRef',
      ],
    ],
    [
      'a try that outlasts the request',
      '{ timeouts: { request: 1s, backendRequest: 1100ms } }',
      ['GWAPI901 timeouts.backendRequest'],
    ],
    [
      'a permanent cookie without an end',
      '{ sessionPersistence: { cookie: { lifetimeType: Permanent } } }',
      ['GWAPI903 sessionPersistence'],
    ],
    [
      'a session by header that names a cookie',
      '{ sessionPersistence: { type: Header, cookie: { name: a } } }',
      ['GWAPI902 sessionPersistence.cookie', 'GWAPI903 sessionPersistence'],
    ],
  ])('%s', (_, text, expected) => {
    expect(rule(text)).toEqual(expected);
  });

  it('a rule name that is there twice, and more matches than 128', () => {
    expect(refused('HTTPRoute', '{ rules: [{ name: a }, { name: a }, {}, {}] }')).toEqual(['GWAPI904 spec.rules[1]']);
    const matches = Array.from({ length: 64 }, () => '{ method: GET }').join(', ');
    const many = `{ matches: [${matches}] }`;
    expect(refused('HTTPRoute', `{ rules: [${many}, ${many}] }`)).toEqual([]);
    expect(refused('HTTPRoute', `{ rules: [${many}, ${many}, {}] }`)).toEqual(['GWAPI901 spec.rules']);
  });
});

describe('of the parents of a route', () => {
  const parents = (...refs: readonly string[]): readonly string[] =>
    refused('TCPRoute', `{ parentRefs: [${refs.join(', ')}], rules: [{ ${toA} }] }`);

  it('one is referred to several times only by different parts', () => {
    expect(parents('{ name: a, port: 1 }', '{ name: a, port: 2 }', '{ name: b }', '{ name: a, namespace: c }')).toEqual(
      [],
    );
    expect(parents('{ name: a, port: 1 }', '{ name: a }')).toEqual(['GWAPI903 spec.parentRefs[1]']);
    expect(parents('{ name: a, sectionName: b }', '{ name: a, sectionName: b }')).toEqual([
      'GWAPI904 spec.parentRefs[1]',
    ]);
  });
});

describe('of other kinds', () => {
  const certificate = 'certificateRefs: [{ name: a }]';
  it.each<[string, string, string, readonly string[]]>([
    [
      'listeners in order',
      'Gateway',
      `{ listeners: [{ name: a, port: 80, protocol: HTTP }, { name: b, port: 443, protocol: HTTPS, hostname: a.example, tls: { ${certificate} } }, { name: c, port: 443, protocol: HTTPS, tls: { ${certificate} } }, { name: d, port: 1, protocol: TLS, tls: { mode: Passthrough } }] }`,
      [],
    ],
    [
      'listeners with one name, in one place',
      'Gateway',
      '{ listeners: [{ name: a, port: 80, protocol: HTTP }, { name: a, port: 80, protocol: HTTP }] }',
      ['GWAPI904 spec.listeners[1]', 'GWAPI904 spec.listeners[1]'],
    ],
    [
      'TLS where none is ended, and none where it travels',
      'Gateway',
      `{ listeners: [{ name: a, port: 1, protocol: TCP, hostname: a, tls: { ${certificate} } }, { name: b, port: 2, protocol: TLS }] }`,
      ['GWAPI902 spec.listeners[0].tls', 'GWAPI902 spec.listeners[0].hostname', 'GWAPI903 spec.listeners[1]'],
    ],
    [
      'HTTPS that is passed on, or without a certificate',
      'Gateway',
      '{ listeners: [{ name: a, port: 1, protocol: HTTPS, tls: { mode: Passthrough } }, { name: b, port: 2, protocol: HTTPS, tls: {} }] }',
      ['GWAPI902 spec.listeners[0].tls', 'GWAPI903 spec.listeners[1].tls'],
    ],
    [
      'an address twice',
      'Gateway',
      '{ addresses: [{ value: 10.0.0.1 }, { type: IPAddress, value: 10.0.0.1 }] }',
      ['GWAPI904 spec.addresses[1]'],
    ],
    [
      'a gRPC method without a name, and with a strange one',
      'GRPCRoute',
      '{ rules: [{ matches: [{ method: { type: Exact } }, { method: { service: a/b } }, { method: { method: a-b } }, { method: { type: RegularExpression, service: "a-.*" } }] }] }',
      [
        'GWAPI903 spec.rules[0].matches[0].method',
        'GWAPI901 spec.rules[0].matches[1].method.service',
        'GWAPI901 spec.rules[0].matches[2].method.method',
      ],
    ],
    [
      'server names',
      'TLSRoute',
      '{ hostnames: [a.example, "*.a.example", 10.0.0.1, "a.*", A.example] }',
      ['GWAPI901 spec.hostnames[2]', 'GWAPI901 spec.hostnames[3]', 'GWAPI901 spec.hostnames[4]'],
    ],
    [
      'a rule for connections that names no backend',
      'TCPRoute',
      '{ rules: [{ backendRefs: [{ name: a, port: 1 }] }, {}] }',
      ['GWAPI903 spec.rules[1]'],
    ],
    [
      'certificates of a backend from two places, and from none',
      'BackendTLSPolicy',
      '{ validation: { caCertificateRefs: [{ name: a }], wellKnownCACertificates: System, hostname: a } }',
      ['GWAPI902 spec.validation.wellKnownCACertificates'],
    ],
    [
      'a subject of another type',
      'BackendTLSPolicy',
      '{ validation: { hostname: a, subjectAltNames: [{ type: URI, hostname: a }] } }',
      [
        'GWAPI903 spec.validation',
        'GWAPI902 spec.validation.subjectAltNames[0].hostname',
        'GWAPI903 spec.validation.subjectAltNames[0]',
      ],
    ],
  ])('says what is refused: %s', (_, kind, spec, expected) => {
    expect(refused(kind, spec)).toEqual(expected);
  });
});
