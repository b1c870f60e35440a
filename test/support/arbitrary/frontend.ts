import fc, { type Arbitrary } from 'fast-check';
import type { Action, Frontend, Listens, NoMatch, Rule } from '../../../src/model/frontend.ts';
import type { Match } from '../../../src/model/match.ts';
import type { Given } from '../../laws/world.ts';
import { connectionAction, requestAction } from './action.ts';
import { connectionMatch, requestMatch } from './match.ts';
import { oneOf, parts } from './parts.ts';

/** The gateway that tables for listeners stand behind. */
export const edge = 'shop/edge';

type Table = Omit<Frontend, 'id'>;

/** An action with one or two matches that lead to it, as rules. */
const entry = (match: Arbitrary<Match>, action: Arbitrary<Omit<Action, 'id'>>) =>
  fc.record({ matches: fc.array(match, { minLength: 1, maxLength: 2 }), action });

const rulesOf = (
  entries: readonly { readonly matches: readonly Match[]; readonly action: Omit<Action, 'id'> }[],
): Rule[] =>
  entries.flatMap(({ matches, action }, index) => {
    const named: Action = { id: `action${index}`, ...action };
    return matches.map((match, n) => ({ id: `rule${index}.${n}`, match, action: named }));
  });

const requestListens: Arbitrary<Listens> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(oneOf('shop/reviews', 'shop/ratings'), parts<{ port: number }>({ port: [20, oneOf(9080)] }))
      .map(([service, port]): Listens => ({ kind: 'service', service, ...port })),
  },
  {
    weight: 1,
    arbitrary: oneOf(['a.example'], ['a.example', 'b.example'], ['*.example']).map(
      (hosts): Listens => ({ kind: 'hosts', hosts, port: 80 }),
    ),
  },
  {
    weight: 2,
    arbitrary: oneOf(['shop.example'], ['shop.example', 'www.shop.example'], ['*.shop.example']).map(
      (hosts): Listens => ({ kind: 'listener', gateway: edge, listener: 'http', hosts }),
    ),
  },
);

const noMatch: Arbitrary<NoMatch> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<NoMatch>({ kind: 'respond', status: 404 }) },
  { weight: 1, arbitrary: fc.constant<NoMatch>({ kind: 'passToService' }) },
  { weight: 1, arbitrary: fc.constant<NoMatch>({ kind: 'next' }) },
);

const requestTable = (given: Given): Arbitrary<Table> =>
  requestListens.chain(listens =>
    fc
      .record({
        protocol: oneOf('http', 'http', 'http', 'http', 'grpc'),
        namespaces: oneOf<readonly string[] | undefined>(undefined, undefined, undefined, ['outside']),
        entries: fc.array(entry(requestMatch(given), requestAction(listens.kind === 'service')), {
          minLength: 1,
          maxLength: 4,
        }),
        noMatch,
      })
      .map(({ protocol, namespaces, entries, noMatch: otherwise }): Table => {
        const atGateway = listens.kind === 'listener';
        return {
          listens,
          protocol,
          clients: atGateway ? { gateway: edge } : { mesh: given.mesh, ...(namespaces ? { namespaces } : {}) },
          rules: rulesOf(entries),
          // Behind a gateway there is no service that was dialled.
          noMatch: atGateway && otherwise.kind === 'passToService' ? { kind: 'respond', status: 404 } : otherwise,
        };
      }),
  );

const connectionTable = (given: Given, protocol: 'tcp' | 'tls'): Arbitrary<Table> =>
  fc.array(entry(connectionMatch(protocol), connectionAction()), { minLength: 1, maxLength: 2 }).map(entries => ({
    listens: { kind: 'service', service: 'shop/ledger', port: protocol === 'tcp' ? 9000 : 443 },
    protocol,
    clients: { mesh: given.mesh },
    rules: rulesOf(entries),
    noMatch: { kind: 'passToService' },
  }));

/**
 * Connections that a gateway passes on by server name, without looking inside; closed where no rule takes them. As readers
 * make it, the more specific name comes first.
 */
const passedOn: Arbitrary<Table> = fc
  .record({
    names: fc.subarray<Match>(
      [{ sni: ['ledger.example'] }, { sni: ['a.example', 'b.example'] }, { sni: ['*.example'] }, {}],
      {
        minLength: 1,
      },
    ),
    actions: fc.tuple(connectionAction(443), connectionAction(443)),
  })
  .map(({ names, actions }) => ({
    listens: { kind: 'listener', gateway: edge, listener: 'tls', hosts: [] },
    protocol: 'tls',
    clients: { gateway: edge },
    rules: rulesOf(names.map((match, index) => ({ matches: [match], action: actions[index % 2]! }))),
    noMatch: { kind: 'respond', status: 404 },
  }));

/** Tables in an order, often several for one service. */
export const frontends = (given: Given): Arbitrary<Frontend[]> =>
  fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: requestTable(given) },
        { weight: 1, arbitrary: connectionTable(given, 'tcp') },
        { weight: 1, arbitrary: connectionTable(given, 'tls') },
        { weight: 1, arbitrary: passedOn },
      ),
      { maxLength: 3 },
    )
    .map(tables => tables.map((table, index) => ({ id: `table${index}`, ...table })));
