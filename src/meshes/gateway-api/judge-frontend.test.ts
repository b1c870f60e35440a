import { expect, test } from 'vitest';
import type { Frontend } from '../../model/frontend.ts';
import { emptyModel, type Model } from '../../model/model.ts';
import { Snapshot } from '../../native/snapshot.ts';
import { adapter } from './adapter.ts';

const table = (
  id: string,
  hosts: readonly string[],
  noMatch: Frontend['noMatch'] = { kind: 'respond', status: 404 },
): Frontend => ({
  id,
  listens: { kind: 'listener', gateway: 'shop/edge', listener: 'http', hosts },
  protocol: 'http',
  clients: { gateway: 'shop/edge' },
  rules: [],
  noMatch,
});

const modelOf = (frontends: readonly Frontend[]): Model => ({
  ...emptyModel,
  inventory: {
    ...emptyModel.inventory,
    gateways: [
      {
        id: 'shop/edge',
        namespace: 'shop',
        name: 'edge',
        purpose: 'ingress',
        labels: {},
        listeners: [{ name: 'http', port: 80, protocol: 'http', hosts: [] }],
      },
    ],
  },
  frontends,
});

const verdicts = (...frontends: readonly Frontend[]) => {
  const { dispositions, expected } = adapter.write(modelOf(frontends), {
    mesh: adapter.assume(),
    snapshot: new Snapshot([]),
  });
  const hosts = expected.frontends.map(({ id, listens }) => [id, listens.kind === 'listener' ? listens.hosts : []]);
  const effects = dispositions.flatMap(({ leaf, subject, loss }) =>
    leaf === 'listens' && loss ? [[subject, loss.effect]] : [],
  );
  return { hosts: Object.fromEntries(hosts), effects: Object.fromEntries(effects) };
};

test('a host that an earlier wildcard takes is not written, since a gateway would let it win', () => {
  expect(verdicts(table('wide', ['*.shop.example']), table('own', ['www.shop.example']))).toEqual({
    hosts: { wide: ['*.shop.example'] },
    effects: { own: 'none' },
  });
});

test('of several hosts only those stay that no earlier table takes', () => {
  const { hosts, effects } = verdicts(
    table('wide', ['*.shop.example']),
    table('own', ['www.shop.example', 'other.example']),
  );
  expect(hosts).toEqual({ wide: ['*.shop.example'], own: ['other.example'] });
  expect(effects).toEqual({ own: 'none' });
});

test('the more specific table first is what a gateway does', () => {
  expect(verdicts(table('own', ['www.shop.example']), table('wide', ['*.shop.example'])).effects).toEqual({});
});

test('an exact host does not take what a wildcard stands for, and an earlier table that asks the next is a difference', () => {
  expect(verdicts(table('own', ['x.shop.example']), table('wide', ['*.shop.example'])).effects).toEqual({});
  expect(verdicts(table('wide', ['*'], { kind: 'next' }), table('own', ['a.example'])).effects).toEqual({
    own: 'differs',
  });
});

test('a TLS table whose rules are all refused leaves no route, so that its connections go on', () => {
  const onService: Frontend = {
    ...table('ledger', []),
    listens: { kind: 'service', service: 'shop/ledger', port: 443 },
    protocol: 'tls',
    clients: {},
  };
  const { expected, dispositions } = adapter.write(
    { ...emptyModel, frontends: [onService] },
    { mesh: adapter.assume(), snapshot: new Snapshot([]) },
  );
  expect(expected.frontends.map(({ noMatch }) => noMatch.kind)).toEqual(['passToService']);
  expect(dispositions.find(({ leaf }) => leaf === 'noMatch')?.result).toBe('approximated');
});

test('an expression before the rest that goes on is told to come after it, also where the rest asked the next table', () => {
  const onService: Frontend = {
    ...table('reviews', [], { kind: 'next' }),
    listens: { kind: 'service', service: 'shop/reviews', port: 80 },
    clients: {},
    rules: [
      {
        id: 'expression',
        match: { path: { kind: 'regex', regex: { pattern: '/a/[0-9]+', dialect: 're2', anchoring: 'full' } } },
        action: {
          id: 'away',
          target: {
            kind: 'redirect',
            redirect: { status: { value: 302, origin: 'written' }, hostname: 'a.example', portFrom: 'request' },
          },
        },
      },
    ],
  };
  const { dispositions } = adapter.write(
    { ...emptyModel, frontends: [onService] },
    { mesh: adapter.assume(), snapshot: new Snapshot([]) },
  );
  expect(dispositions.find(({ leaf }) => leaf === 'order')?.loss?.code).toBe('first-match-order');
});

test('a wildcard and the name below it have routes of different names, whichever comes first', () => {
  const wide = table('wide', ['*.shop.example']);
  const own = table('own', ['shop.example']);
  const names = (...frontends: readonly Frontend[]) => {
    const { objects } = adapter.write(modelOf(frontends), { mesh: adapter.assume(), snapshot: new Snapshot([]) });
    return objects.flatMap(({ kind, metadata }) => (kind === 'HTTPRoute' ? metadata.name : []));
  };
  expect(names(wide, own)).toEqual(['edge-http-any.shop.example', 'edge-http-shop.example']);
  expect(names(own, wide)).toEqual(names(wide, own));
});
