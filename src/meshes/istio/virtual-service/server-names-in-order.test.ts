/** A list of rules by server names is written as it stands, although Istio asks the most specific name first. */
import { expect, it } from 'vitest';
import { applied, readWith } from '../../../../test/laws/reading.ts';
import { givenOf, worldObjects, worldWith } from '../../../../test/laws/world.ts';
import { written } from '../../../base/source.ts';
import type { Frontend, Rule } from '../../../model/frontend.ts';
import type { Match } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { compare } from '../../../verify/compare/compare.ts';
import { worldOf } from '../../../verify/request.ts';
import { adapter } from '../adapter.ts';

const rule = (id: string, match: Match, service: string): Rule => ({
  id,
  match,
  action: {
    id,
    target: {
      kind: 'forward',
      backends: [{ backend: { kind: 'service', service, port: 443 }, weight: written(1) }],
    },
  },
});

const narrow = rule('narrow', { sni: ['a.example'] }, 'shop/reviews');

/** With an address by which `ledger` is dialled. */
const dialled = ({ inventory, ...model }: Model): Model => ({
  ...model,
  inventory: {
    ...inventory,
    services: inventory.services.map(one => (one.id === 'shop/ledger' ? { ...one, addresses: ['10.1.2.3'] } : one)),
  },
});

/** The rules as a table for the TLS port of `ledger`, what becomes of their order, and what is written for them. */
const convert = (...rules: readonly Rule[]) => {
  const table: Frontend = {
    id: 'ledger',
    listens: { kind: 'service', service: 'shop/ledger', port: 443 },
    protocol: 'tls',
    clients: { mesh: givenOf(adapter).mesh },
    rules,
    noMatch: { kind: 'passToService' },
  };
  const model = worldWith(adapter, { frontends: [table] });
  const target = { mesh: adapter.assume(), snapshot: new Snapshot(worldObjects) };
  const { objects, dispositions } = adapter.write(model, target);
  const again = readWith(adapter, applied(worldObjects, objects)).model;
  return {
    order: dispositions.find(({ leaf }) => leaf === 'order'),
    written: objects.flatMap(({ kind, spec }) =>
      kind === 'VirtualService'
        ? (spec as { tls: { match: { sniHosts: string[] }[]; route: { destination: { host: string } }[] }[] }).tls
        : [],
    ),
    verdict: compare(worldOf(dialled(model)), worldOf(dialled(again))).verdict,
  };
};

it('a wider name that comes first is said of the narrower one too, and nothing is lost', () => {
  const { order, written: rules, verdict } = convert(rule('wide', { sni: ['*.example'] }, 'shop/ledger'), narrow);
  expect(order?.result).toBe('applied');
  expect(
    rules.map(({ match, route }) => [match.flatMap(({ sniHosts }) => sniHosts), route[0]?.destination.host]),
  ).toEqual([
    [['a.example'], 'ledger.shop.svc.cluster.local'],
    [['*.example'], 'ledger.shop.svc.cluster.local'],
  ]);
  expect(verdict).toBe('equal');
});

it('where rules go by addresses too, the most specific name wins, and that is told', () => {
  const wide = rule('wide', { sni: ['*.example'], addresses: ['10.1.0.0/16'] }, 'shop/ledger');
  const { order, written: rules, verdict } = convert(wide, narrow);
  expect(order).toMatchObject({ result: 'approximated', loss: { code: 'server-name-order' } });
  expect(rules.map(({ match }) => match[0]?.sniHosts)).toEqual([['a.example'], ['*.example']]);
  expect(verdict).toBe('different');
});
