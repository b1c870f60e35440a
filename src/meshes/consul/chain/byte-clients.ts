import type { Frontend } from '../../../model/frontend.ts';
import type { Protocol } from '../../../model/inventory.ts';
import { everything } from '../../../model/match.ts';
import { isHttp, protocolNamed } from '../entries/defaults.ts';
import type { EntryField } from '../entry-field.ts';
import { type Reading, report } from '../reading.ts';
import { forwarding, requestTimeout } from './backends.ts';
import { Chain, type ChainEntries } from './chain.ts';
import { clientsOf } from './upstream-config.ts';

/**
 * What clients do that take an upstream for bytes which carries requests, as an override of theirs may say: they pass over
 * its routes, its splits and the timeouts of both, and go by the resolver alone (`disableAdvancedRoutingFeatures`,
 * agent/consul/discoverychain/compile.go, 1.21.0). Servers go on to read requests. The protocol among
 * the defaults of a client says nothing of a service that has one of its own (agent/configentry/resolve.go).
 */
export const readByteClients = (
  reading: Reading,
  entries: ChainEntries,
  protocolOf: (name: string) => Protocol,
): readonly Frontend[] => {
  const plain = new Chain(reading, { ...entries, splitters: new Map() }, protocolOf);
  return [...entries.defaults.services].flatMap(([client, { spec }]) =>
    (spec?.at('upstreamConfig')?.list('overrides') ?? []).flatMap(override => {
      const target = takenForBytes(override, protocolOf);
      const source = override.at('protocol');
      if (target === undefined || !source) return [];
      const protocol = protocolOf(target);
      report(reading, 'CONSUL114', source, `\`${client}\` takes \`${target}\` for bytes, which carries ${protocol}`);
      return tablesFor({ client, target, protocol, source }, { reading, entries, plain });
    }),
  );
};

/** The name that an override takes for bytes against what it carries. */
const takenForBytes = (override: EntryField, protocolOf: (name: string) => Protocol): string | undefined => {
  const [target, said] = [override.text('name'), override.text('protocol')];
  if (target === undefined || said === undefined) return undefined;
  const [isTaken, isOwn] = [isHttp(protocolNamed(said)), isHttp(protocolOf(target))];
  const isOfPeer = override.text('peer') !== undefined;
  if (isOfPeer || (isTaken && !isOwn))
    override.leave('protocol', 'what is read of bytes as requests, and what peers carry, is not told');
  return isOwn && !isTaken && !isOfPeer ? target : undefined;
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
  reading.services.named(target).flatMap(service => {
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
