import { byText, groupBy, unique } from '../../../base/order.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Protocol } from '../../../model/inventory.ts';
import { everything } from '../../../model/match.ts';
import { isHttp, protocolNamed } from '../entries/defaults.ts';
import type { EntryField } from '../entry-field.ts';
import { type Reading, report } from '../reading.ts';
import { forwarding, requestTimeout } from './backends.ts';
import { Chain, type ChainEntries } from './chain.ts';
import { dialledBy, namesSpokenOf } from './frontends.ts';
import { clientsOf } from './upstream-config.ts';

/**
 * What clients do that take an upstream for bytes which carries requests, as their defaults for all upstreams or an override
 * may say: they pass over its routes, its splits and the timeouts of both, and go by the resolver alone
 * (`disableAdvancedRoutingFeatures`, agent/consul/discoverychain/compile.go; observed in agreement, 1.21.0). Servers go on to
 * read requests.
 */
export const readByteClients = (
  reading: Reading,
  entries: ChainEntries,
  protocolOf: (name: string) => Protocol,
): readonly Frontend[] => {
  const plain = new Chain(reading, { ...entries, splitters: new Map() }, protocolOf);
  const dialled = unique([...reading.services.all(), ...namesSpokenOf(reading, entries)])
    .filter(name => dialledBy(name, reading, entries).length > 0)
    .sort(byText);
  return [...entries.defaults.services].flatMap(([client, { spec }]) => {
    const config = spec?.at('upstreamConfig');
    if (!config) return [];
    const taken = takenBy(client, config, dialled, protocolOf);
    for (const [source, [first, ...more]] of groupBy(taken, one => one.source)) {
      const names = more.length === 0 ? `\`${first?.target}\`` : `\`${first?.target}\` and ${more.length} more`;
      report(reading, 'CONSUL114', source, `\`${client}\` takes ${names} for bytes, which carries ${first?.protocol}`);
    }
    return taken.flatMap(one => tablesFor(one, { reading, entries, plain }));
  });
};

/** The names that one client takes for bytes against what they carry. What an override says comes before what all are. */
const takenBy = (
  client: string,
  config: EntryField,
  names: readonly string[],
  protocolOf: (name: string) => Protocol,
): readonly Taken[] => {
  const ofAll = sayingIn(config.find('defaults'));
  const said = new Map(names.flatMap(name => (ofAll ? [[name, ofAll] as const] : [])));
  for (const override of config.list('overrides')) {
    const [name, own] = [override.text('name'), sayingIn(override)];
    if (override.text('peer') !== undefined) own?.source.field.leave('what services of peers carry is not told');
    else if (name !== undefined && own) said.set(name, own);
  }
  return [...said].flatMap(([target, { protocol: taken, source }]) => {
    const protocol = protocolOf(target);
    if (isHttp(taken) && !isHttp(protocol))
      source.field.leave('that a client reads requests where bytes are carried is not followed');
    return isHttp(protocol) && !isHttp(taken) ? [{ client, target, protocol, source }] : [];
  });
};

interface Saying {
  /** Undefined: a word that Consul takes for bytes. */
  readonly protocol: Protocol | undefined;
  readonly source: EntryField;
}

const sayingIn = (field: EntryField | undefined): Saying | undefined => {
  const text = field?.text('protocol');
  const source = field?.at('protocol');
  return text === undefined || !source ? undefined : { protocol: protocolNamed(text), source };
};

interface Taken {
  readonly client: string;
  readonly target: string;
  readonly protocol: Protocol;
  readonly source: EntryField;
}

interface Ways {
  readonly reading: Reading;
  readonly entries: ChainEntries;
  /** Without splits. */
  readonly plain: Chain;
}

const tablesFor = (
  { client, target, protocol, source }: Taken,
  { reading, entries, plain }: Ways,
): readonly Frontend[] =>
  dialledBy(target, reading, entries).flatMap(service => {
    const ends = plain.ends(target, undefined, service, source);
    const timeouts = { request: requestTimeout(undefined, ends, entries.defaults, reading) };
    const action = { id: `${service.id}/bytes`, ...forwarding(ends), timeouts, source };
    return clientsOf(reading, client).map(
      (clients): Frontend => ({
        id: `${service.id} for ${client}`,
        listens: { kind: 'service', service: service.id },
        protocol,
        clients,
        rules: [{ id: 'bytes', match: everything, action }],
        noMatch: { kind: 'passToService' },
        source,
      }),
    );
  });
