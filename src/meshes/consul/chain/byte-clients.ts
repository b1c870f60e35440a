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
 * Clients that take an upstream for bytes which carries requests: an override of theirs says so. They pass over its routes,
 * its splits and the timeouts of both, and go by the resolver alone (`disableAdvancedRoutingFeatures`,
 * agent/consul/discoverychain/compile.go; observed in agreement, 1.21.0). Servers go on to read requests. The protocol among
 * the defaults of a client says nothing of a service that has one of its own (agent/configentry/resolve.go).
 */
export const readByteClients = (
  reading: Reading,
  entries: ChainEntries,
  protocolOf: (name: string) => Protocol,
): readonly Frontend[] => {
  const plain = new Chain(reading, { ...entries, splitters: new Map() }, protocolOf);
  const forClient = (client: string, target: string, source: EntryField): readonly Frontend[] =>
    reading.services.named(target).flatMap(service => {
      const ends = plain.ends(target, undefined, service, source);
      const timeouts = { request: requestTimeout(undefined, ends, entries.defaults, reading) };
      const action = { id: `${service.id}/bytes`, ...forwarding(ends), timeouts, source };
      return clientsOf(reading, client).map(
        (clients): Frontend => ({
          id: `${service.id} for ${client}`,
          listens: { kind: 'service', service: service.id },
          protocol: protocolOf(target),
          clients,
          rules: [{ id: 'bytes', match: everything, action }],
          noMatch: { kind: 'passToService' },
          source,
        }),
      );
    });
  return [...entries.defaults.services].flatMap(([client, { spec }]) =>
    (spec?.at('upstreamConfig')?.list('overrides') ?? []).flatMap(override => {
      const [target, said] = [override.text('name'), override.text('protocol')];
      const field = override.at('protocol');
      if (target === undefined || said === undefined || !field) return [];
      if (override.text('peer') !== undefined || (isHttp(protocolNamed(said)) && !isHttp(protocolOf(target)))) {
        field.field.leave('what a client reads requests of that carries bytes, and what peers carry, is not told');
        return [];
      }
      if (isHttp(protocolNamed(said)) || !isHttp(protocolOf(target))) return [];
      report(
        reading,
        'CONSUL114',
        field,
        `\`${client}\` takes \`${target}\` for bytes, which carries ${protocolOf(target)}`,
      );
      return forClient(client, target, field);
    }),
  );
};
