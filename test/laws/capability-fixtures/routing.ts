import type { CapabilityId } from '../../../src/model/capability.ts';
import type { HeaderMatch, TextMatch } from '../../../src/model/match.ts';
import { backend, expression, type Fixture, forward, matching, tableDoing, tableWith, written } from './fixture.ts';

const header = (match: TextMatch, parts: Partial<HeaderMatch> = {}): HeaderMatch => ({
  name: 'x-user',
  match,
  inverted: false,
  missing: 'noMatch',
  repeated: 'any',
  ...parts,
});

const withHeader = (match: TextMatch, parts: Partial<HeaderMatch> = {}): Fixture =>
  matching(() => ({ headers: [header(match, parts)] }));

const connections =
  (protocol: 'tcp' | 'tls', port: number, match: { readonly sni?: readonly string[] }): Fixture =>
  ({ mesh }) => ({
    frontends: [
      {
        id: 'shop/ledger',
        listens: { kind: 'service', service: 'shop/ledger', port },
        protocol,
        clients: { mesh },
        rules: [
          {
            id: 'some',
            match,
            action: { id: 'some', target: forward(backend('shop/ledger')) },
          },
        ],
        noMatch: { kind: 'passToService' },
      },
    ],
  });

/** Which requests, and where to. */
export const routing = {
  'path-exact': matching(() => ({ path: { kind: 'exact', value: '/a' } })),
  'path-prefix': matching(() => ({ path: { kind: 'prefix', value: '/a' } })),
  'path-segment-prefix': matching(() => ({ path: { kind: 'segmentPrefix', value: '/a' } })),
  'path-regex': matching(given => ({ path: { kind: 'regex', regex: expression(given, '/a/[0-9]+') } })),
  'path-ignore-case': matching(() => ({ path: { kind: 'exact', value: '/a', ignoreCase: true } })),
  'header-exact': withHeader({ kind: 'exact', value: 'ada' }),
  'header-prefix': withHeader({ kind: 'prefix', value: 'a' }),
  'header-present': withHeader({ kind: 'present' }),
  'header-absent': withHeader({ kind: 'present' }, { inverted: true }),
  'header-regex': matching(given => ({
    headers: [header({ kind: 'regex', regex: expression(given, 'a.*') })],
  })),
  'header-negation': withHeader({ kind: 'exact', value: 'ada' }, { inverted: true, missing: 'empty' }),
  'query-match': matching(() => ({
    query: [{ name: 'page', match: { kind: 'exact', value: 'first' }, repeated: 'first', decoded: false }],
  })),
  'method-match': matching(() => ({ method: { kind: 'exact', value: 'POST' } })),
  'scheme-match': matching(() => ({ scheme: { kind: 'exact', value: 'https' } })),
  'authority-match': matching(() => ({ authority: { kind: 'exact', value: 'reviews.shop.svc.cluster.local' } })),
  'grpc-match': given =>
    tableWith(given, { path: { kind: 'exact', value: '/shop.Reviews/Get' } }, {}, { protocol: 'grpc' }),
  'caller-match': matching(() => ({ caller: { namespaces: ['outside'] } })),
  'claim-match': matching(() => ({
    claims: [{ path: ['group'], match: { kind: 'exact', value: 'testers' }, inverted: false }],
  })),
  'tls-route': connections('tls', 443, { sni: ['ledger.example'] }),
  'tcp-route': connections('tcp', 9000, {}),
  'first-match-order': given =>
    tableWith(given, { path: { kind: 'segmentPrefix', value: '/a' }, method: { kind: 'exact', value: 'GET' } }),
  subset: tableDoing({
    target: forward(
      backend('shop/reviews', {
        backend: { kind: 'service', service: 'shop/reviews', subset: { name: 'v1', labels: { version: 'v1' } } },
      }),
    ),
  }),
  'weighted-split': tableDoing({
    target: forward(backend('shop/reviews', { weight: written(9) }), backend('shop/ratings', { weight: written(1) })),
  }),
} as const satisfies Partial<Record<CapabilityId, Fixture>>;
