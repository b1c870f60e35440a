import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frontend } from '../../model/frontend.ts';
import { hostMatches } from '../../model/match.ts';
import type { ClientScope, ServerScope } from '../../model/scope.ts';
import { encryption, modelOf, service, table } from '../testing/model-builder.ts';
import { coversReceiver, coversSender, type Receiver, type Sender } from './coverage.ts';
import { HostIndex, inOrder } from './host-index.ts';
import { Lookup } from './lookup.ts';
import { ScopeIndex } from './scope-index.ts';

const runs = { seed: 42, numRuns: 1500 };

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** A record without the keys whose value is undefined. */
const trimmed = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

const label = fc.constantFrom('a', 'b');
const labels = fc.dictionary(fc.constantFrom('app', 'version'), label, { maxKeys: 2 });
const namespace = fc.constantFrom('shop', 'other');
const gateway = fc.constantFrom('edge/one', 'edge/two');
const mesh = fc.constantFrom('mesh/one', 'mesh/two');
const serviceId = fc.constantFrom('shop/web', 'shop/api');

const clientScope: fc.Arbitrary<ClientScope> = fc
  .record({
    mesh: maybe(mesh),
    namespaces: maybe(fc.uniqueArray(namespace, { maxLength: 2 })),
    labels: maybe(labels),
    gateway: maybe(gateway),
  })
  .map(trimmed) as fc.Arbitrary<ClientScope>;

const serverScope: fc.Arbitrary<ServerScope> = fc
  .record({
    mesh: maybe(mesh),
    namespaces: maybe(fc.uniqueArray(namespace, { maxLength: 2 })),
    labels: maybe(labels),
    gateway: maybe(gateway),
    only: maybe(fc.constantFrom('pods', 'machines')),
    ports: maybe(fc.uniqueArray(fc.constantFrom(8080, 9000), { maxLength: 2 })),
    services: maybe(fc.uniqueArray(serviceId, { maxLength: 2 })),
  })
  .map(trimmed) as fc.Arbitrary<ServerScope>;

const sender: fc.Arbitrary<Sender> = fc
  .record({ mesh: maybe(mesh), namespace: maybe(namespace), labels, gateway: maybe(gateway) })
  .map(trimmed) as fc.Arbitrary<Sender>;

const receiver: fc.Arbitrary<Receiver> = fc
  .record({
    mesh: maybe(mesh),
    namespace: maybe(namespace),
    labels,
    gateway: maybe(gateway),
    port: maybe(fc.constantFrom(8080, 9000)),
    isMachine: maybe(fc.boolean()),
    service: maybe(serviceId),
    isWaypoint: maybe(fc.boolean()),
  })
  .map(trimmed) as fc.Arbitrary<Receiver>;

describe('the index by scope', () => {
  it('finds the senders that a scan finds, in the same order', () => {
    fc.assert(
      fc.property(fc.array(clientScope, { maxLength: 12 }), sender, (scopes, who) => {
        const covering = (scope: ClientScope): boolean => coversSender(scope, who);
        expect(new ScopeIndex(scopes, scope => scope).near(who).filter(covering)).toEqual(scopes.filter(covering));
      }),
      runs,
    );
  });

  it('finds the receivers that a scan finds, in the same order', () => {
    fc.assert(
      fc.property(fc.array(serverScope, { maxLength: 12 }), receiver, (scopes, who) => {
        const covering = (scope: ServerScope): boolean => coversReceiver(scope, who);
        expect(new ScopeIndex(scopes, scope => scope).near(who).filter(covering)).toEqual(scopes.filter(covering));
      }),
      runs,
    );
  });
});

const hostPart = fc.constantFrom('a', 'b', 'shop');
const host = fc.array(hostPart, { minLength: 1, maxLength: 4 }).map(parts => parts.join('.'));
const pattern = fc.oneof(
  host,
  host.map(name => `*.${name}`),
  fc.constant('*'),
  host.map(name => name.toUpperCase()),
);

describe('the index by host', () => {
  it('finds the patterns that a scan finds, in the same order', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 12 }), host, (patterns, name) => {
        const index = new HostIndex<number>();
        patterns.forEach((text, rank) => {
          index.add(text, rank, rank);
        });
        const scanned = patterns.flatMap((text, rank) => (hostMatches(text, name) ? [rank] : []));
        expect(inOrder(index.buckets(name))).toEqual(scanned);
      }),
      runs,
    );
  });
});

describe('the frontends of a model', () => {
  const web = service('shop/web');
  const frontend: fc.Arbitrary<Frontend> = fc
    .record({
      listens: fc.oneof(
        fc
          .record({ service: serviceId, port: maybe(fc.constantFrom(80, 81)) })
          .map(parts => trimmed({ kind: 'service' as const, ...parts })),
        fc
          .record({
            hosts: fc.uniqueArray(fc.constantFrom('*.shop.svc.cluster.local', 'a.b', '*.b', '*'), { minLength: 1 }),
            servicesOnly: maybe(fc.boolean()),
            port: maybe(fc.constantFrom(80, 81)),
          })
          .map(parts => trimmed({ kind: 'hosts' as const, ...parts })),
      ),
      clients: clientScope,
      protocol: fc.constantFrom('http' as const, 'tcp' as const, 'tls' as const, 'detect' as const),
    })
    .map(parts => ({ ...table('shop/web', []), ...parts }) as Frontend);

  const scan = (all: readonly Frontend[], known: boolean, name: string, port: number, who: Sender): Frontend[] =>
    all.filter(({ listens, clients, protocol }) => {
      const names = known ? [name, ...web.hosts] : [name];
      const hears =
        listens.kind === 'service'
          ? known && listens.service === web.id
          : listens.kind === 'hosts' &&
            (known || !listens.servicesOnly) &&
            listens.hosts.some(one => names.some(each => hostMatches(one, each)));
      const onPort = listens.kind === 'listener' || listens.port === undefined || listens.port === port;
      return hears && onPort && ['http', 'detect'].includes(protocol) && coversSender(clients, who);
    });

  it('are those that a scan finds, in the same order', () => {
    fc.assert(
      fc.property(
        fc.array(frontend, { maxLength: 10 }),
        fc.boolean(),
        fc.constantFrom('web', 'a.b', 'x.a.b'),
        fc.constantFrom(80, 81),
        sender,
        (frontends, known, name, port, who) => {
          const lookup = Lookup.of(modelOf({ services: [web] }, { frontends }));
          const dialled = { ...(known ? { service: web } : {}), host: name, port, layer: 'http' as const };
          expect(lookup.frontends.facing(dialled, who)).toEqual(scan(frontends, known, name, port, who));
        },
      ),
      runs,
    );
  });

  it('behind a listener are those for its hosts, and no others', () => {
    const at = (listener: string, ...hosts: string[]): Frontend => ({
      ...table('shop/web', []),
      id: `${listener} ${hosts.join()}`,
      listens: { kind: 'listener', gateway: 'edge/one', listener, hosts },
    });
    const frontends = [at('http', 'a.b'), at('http', '*.b'), at('http'), at('https', 'a.b')];
    const { frontends: index } = Lookup.of(modelOf({}, { frontends }));
    const behind = (name: string, host: string) =>
      index
        .behind({ gateway: 'edge/one', name, endsTls: false }, { host, port: 80, layer: 'http' }, { labels: {} })
        .map(({ id }) => id);
    expect(behind('http', 'a.b')).toEqual(['http a.b', 'http *.b', 'http ']);
    expect(behind('http', 'c')).toEqual(['http ']);
    expect(behind('https', 'a.b')).toEqual(['https a.b']);
    expect(behind('other', 'a.b')).toEqual([]);
  });
});

describe('a lookup', () => {
  it('is made once for a model', () => {
    const model = modelOf({});
    expect(Lookup.of(model)).toBe(Lookup.of(model));
    expect(Lookup.of(modelOf({}))).not.toBe(Lookup.of(model));
  });

  it('stays quick with ten thousand services that have a statement each', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `s${index}`);
    const lookup = Lookup.of(
      modelOf(
        { services: names.map(name => service(`shop/${name}`)) },
        {
          frontends: names.map(name => table(`shop/${name}`, [])),
          encryption: names.map(name => encryption('strict', { namespaces: ['shop'], labels: { app: name } })),
        },
      ),
    );
    for (const name of names) {
      const found = lookup.services.find(`shop/${name}`)!;
      const dialled = { service: found, host: name, port: 80, layer: 'http' as const };
      expect(lookup.frontends.facing(dialled, { labels: {} })).toHaveLength(1);
      expect(lookup.encryption({ namespace: 'shop', labels: { app: name } })).toHaveLength(1);
    }
  });
});
