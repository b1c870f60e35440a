/** Law 3 for gateways: what is written behaves, read back, as the model that was expected. */
import { describe, expect, it } from 'vitest';
import { applied, readWith } from '../../../../test/laws/reading.ts';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import type { Frontend } from '../../../model/frontend.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { compare } from '../../../verify/compare/compare.ts';
import { worldOf } from '../../../verify/request.ts';
import { adapter } from '../adapter.ts';

const world = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: http-more, port: 81 }, { name: tls, port: 443 }] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw, namespace: istio-system }
spec:
  template:
    metadata: { labels: { app: gw, istio: ingressgateway, chart: gateways } }
    spec: { serviceAccountName: gw, containers: [{ name: istio-proxy, image: proxyv2 }] }
`;

const gateway = (servers: string, name = 'g') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: shop }
spec: { selector: { istio: ingressgateway }, servers: [${servers}] }
`;
const plain = (hosts: string, port = 80, name = `http-${port}`) =>
  `{ port: { number: ${port}, name: ${name}, protocol: HTTP }, hosts: ${hosts} }`;
const secure = (hosts: string, tls: string, protocol = 'HTTPS', name = 'https', port = 443) =>
  `{ port: { number: ${port}, name: ${name}, protocol: ${protocol} }, hosts: ${hosts}, tls: ${tls} }`;

const vs = (name: string, hosts: string, rest: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec: { hosts: ${hosts}, gateways: [g], ${rest} }
`;
const to = (host: string, port = 80) => `{ destination: { host: ${host}, port: { number: ${port} } } }`;
const at = (path: string, host: string, more = '') =>
  `{ match: [{ uri: { prefix: ${path} }${more} }], route: [${to(host)}] }`;

/** Writes what was read and reads it back; says how the two differ from what was expected. */
const roundTrip = (...documents: string[]) => {
  const objects = objectsFrom([world, ...documents].join('---'));
  const { model } = readWith(adapter, objects);
  const own = objectsFrom(world);
  const {
    objects: written,
    expected,
    dispositions,
  } = adapter.write(model, {
    mesh: adapter.assume(),
    snapshot: new Snapshot(own),
  });
  const again = readWith(adapter, applied(own, written)).model;
  const { verdict } = compare(worldOf(expected), worldOf(again), { perTarget: 400 });
  return {
    verdict,
    lost: dispositions
      .filter(({ result }) => result !== 'applied')
      .map(({ leaf, loss }) => `${leaf}: ${loss?.message}`),
    written,
    spec: (kind: string, name: string) =>
      written.find(object => object.kind === kind && object.metadata.name === name)?.spec as Record<string, unknown>,
  };
};

describe('a gateway and its routes, written and read back', () => {
  it.each<[string, string[]]>([
    [
      'a plain listener',
      [gateway(plain('["*"]')), vs('web', '[a.example]', `http: [${at('/a', 'web')}, ${at('/', 'api')}]`)],
    ],
    [
      'TLS that ends here, and a redirect to it',
      [
        gateway(
          `${secure('[a.example]', '{ mode: SIMPLE, credentialName: cert }')}, { port: { number: 80, name: http, protocol: HTTP }, hosts: [a.example], tls: { httpsRedirect: true } }`,
        ),
        vs('web', '[a.example]', `http: [${at('/a', 'web')}]`),
      ],
    ],
    [
      'routes for one of two ports',
      [
        gateway(`${plain('["*"]')}, ${plain('["*"]', 8080)}`),
        vs('web', '[a.example]', `http: [${at('/a', 'web', ', port: 8080')}, ${at('/', 'api')}]`),
      ],
    ],
    [
      'several VirtualServices on one host, and a pattern',
      [
        gateway(plain('["*"]')),
        vs('old', '[a.example]', `http: [{ route: [${to('web')}] }]`),
        vs('new', '[a.example, b.example]', `http: [${at('/b', 'api')}]`),
        vs('rest', '["*.example"]', `http: [{ route: [${to('api')}] }]`),
      ],
    ],
    [
      'TLS that passes through',
      [
        gateway(secure('["*"]', '{ mode: PASSTHROUGH }', 'TLS')),
        vs(
          'web',
          '["*.example"]',
          `tls: [{ match: [{ sniHosts: ["*.example"] }], route: [${to('api')}] }, { match: [{ sniHosts: [a.example] }], route: [${to('web', 443)}] }]`,
        ),
      ],
    ],
    [
      'bytes on two ports',
      [
        gateway(
          `{ port: { number: 9000, name: tcp-a, protocol: TCP }, hosts: ["*"] }, { port: { number: 9001, name: tcp-b, protocol: TCP }, hosts: ["*"] }`,
        ),
        vs(
          'web',
          '["*"]',
          `tcp: [{ match: [{ port: 9000 }], route: [${to('web')}] }, { match: [{ port: 9001 }], route: [${to('api')}] }]`,
        ),
      ],
    ],
    [
      'client certificates',
      [
        gateway(
          secure(
            '[a.example]',
            '{ mode: MUTUAL, credentialName: cert, caCertCredentialName: ca, subjectAltNames: [partner.example], minProtocolVersion: TLSV1_2, verifyCertificateSpki: ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="] }',
          ),
        ),
        vs('web', '[a.example]', `http: [${at('/a', 'web')}]`),
      ],
    ],
    [
      'certificates in files',
      [
        gateway(
          secure(
            '[a.example]',
            '{ mode: MUTUAL, serverCertificate: /etc/tls.crt, privateKey: /etc/tls.key, caCertificates: /etc/ca.crt, caCrl: /etc/crl }',
          ),
        ),
        vs('web', '[a.example]', `http: [${at('/a', 'web')}]`),
      ],
    ],
    [
      'callers of the mesh only',
      [
        gateway(secure('[a.example]', '{ mode: ISTIO_MUTUAL }')),
        vs('web', '[a.example]', `http: [${at('/a', 'web')}]`),
      ],
    ],
    [
      'a destination without a port',
      [gateway(plain('["*"]', 8080)), vs('web', '[a.example]', 'http: [{ route: [{ destination: { host: web } }] }]')],
    ],
  ])('%s', (_, documents) => {
    const { verdict, lost } = roundTrip(...documents);
    expect({ verdict, lost }).toEqual({ verdict: 'equal', lost: [] });
  });

  it('names the pods by one telling label', () => {
    expect(roundTrip(gateway(plain('["*"]'))).spec('Gateway', 'g')).toMatchObject({
      selector: { istio: 'ingressgateway' },
    });
  });

  it('writes nothing found for a host that has no rule, beside a pattern that has', () => {
    const own = objectsFrom(world);
    const objects = [
      ...own,
      ...objectsFrom(
        [gateway(plain('["*"]')), vs('all', '["*.example"]', `http: [{ route: [${to('web')}] }]`)].join('---'),
      ),
    ];
    const { model } = readWith(adapter, objects);
    const closed: Frontend = {
      id: 'closed',
      listens: { kind: 'listener', gateway: 'shop/g', listener: 'http-80', hosts: ['a.example'] },
      protocol: 'http',
      clients: { gateway: 'shop/g' },
      rules: [],
      noMatch: { kind: 'respond', status: 404 },
    };
    const target = { mesh: adapter.assume(), snapshot: new Snapshot(own) };
    const { objects: written, expected } = adapter.write({ ...model, frontends: [closed, ...model.frontends] }, target);
    const again = readWith(adapter, applied(own, written)).model;
    expect(compare(worldOf(expected), worldOf(again), { perTarget: 400 }).verdict).toBe('equal');
    expect(written.map(({ spec }) => spec)).toContainEqual({
      hosts: ['a.example'],
      gateways: ['shop/g'],
      http: [{ directResponse: { status: 404 } }],
    });
  });

  it('keeps wider routes away from a narrower listener on the same port', () => {
    const { verdict, written } = roundTrip(
      gateway(`${plain('[shop/b.example]', 80, 'narrow')}, ${plain('["*"]', 80, 'wide')}`),
      vs('all', '["*.example"]', `http: [{ route: [${to('web')}] }]`),
    );
    expect(verdict).toBe('equal');
    expect(written.filter(({ kind }) => kind === 'VirtualService').length).toBeGreaterThan(0);
  });
});
