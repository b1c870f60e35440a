import type { EntryField } from './entry-field.ts';
import type { Destination } from './intentions/intention.ts';
import { entriesOf, type Reading, report } from './reading.ts';

/**
 * Services that callers of other clusters may reach, and the peerings through which they do. Neither those callers nor
 * their services are in the input; what is said of them is reported, and what is open for them is told.
 */
export const notePeers = (reading: Reading, destinations: ReadonlyMap<string, Destination>): void => {
  for (const { spec } of entriesOf(reading, 'ExportedServices')) {
    for (const service of spec?.list('services') ?? []) {
      const name = service.text('name');
      if (name === undefined) continue;
      const consumers = service.list('consumers').flatMap(consumerIn);
      service.field.leave('callers of other clusters are not in the input');
      report(
        reading,
        'CONSUL006',
        service,
        `\`${name}\` is exported to ${consumers.map(({ text }) => text).join(', ')}`,
      );
      tellOpenDoors(
        reading,
        service,
        name,
        consumers.flatMap(({ peer }) => peer ?? []),
        destinations.get(name),
      );
    }
  }
  for (const kind of ['PeeringAcceptor', 'PeeringDialer', 'SamenessGroup']) {
    for (const { object, name, spec } of entriesOf(reading, kind)) {
      spec?.field.leave('what is in other clusters is not in the input');
      report(reading, 'CONSUL006', object.ref, `${kind} \`${name}\`: what it joins is not in the input`);
    }
  }
};

interface Consumer {
  readonly text: string;
  readonly peer?: string;
}

const consumerIn = (field: EntryField): readonly Consumer[] => {
  const peer = field.text('peer');
  if (peer !== undefined) return [{ text: `peer \`${peer}\``, peer }];
  const key = ['partition', 'samenessGroup'].find(name => field.text(name) !== undefined);
  return key === undefined ? [] : [{ text: `${key} \`${field.text(key)}\`` }];
};

/** Where everyone is let in by default, an intention for `*` is for callers of the own cluster only (observed, row 0.12). */
const tellOpenDoors = (
  reading: Reading,
  at: EntryField,
  name: string,
  peers: readonly string[],
  destination: Destination | undefined,
): void => {
  if (reading.mesh.defaults.access.value !== 'allow') return;
  for (const peer of peers) {
    if (destination?.peers.includes(peer)) continue;
    report(reading, 'CONSUL212', at, `every caller of peer \`${peer}\` may call \`${name}\``);
  }
};
