import { forPeople } from '../../../base/field.ts';
import type { Source } from '../../../base/source.ts';
import type { AccessCondition, AccessRule } from '../../../model/capabilities/access.ts';
import type { Protocol } from '../../../model/inventory.ts';
import { isHttp } from '../entries/defaults.ts';
import { leaveNamespace } from '../entries/untold.ts';
import type { EntryField } from '../entry-field.ts';
import { type Entry, entriesOf, type Reading, report } from '../reading.ts';
import { effectIn, readPermission } from './permission.ts';
import { demandOf, type Providers, type TokenDemand } from './tokens.ts';

export type Effect = Extract<AccessRule['effect'], 'allow' | 'deny'>;

/** What holds for the requests that some conditions take. */
export interface Permission {
  readonly effect: Effect;
  /** All have to hold. */
  readonly conditions: readonly AccessCondition[];
  /** Tokens of which one is asked for beside; none: no token is. */
  readonly tokens: readonly TokenDemand[];
  readonly source: Source;
}

/** What one caller may do at one destination: either all of it or nothing, or some requests. */
export interface Intention {
  /** The name of a service, or `*`. */
  readonly caller: string;
  /** The peer in whose cluster the caller is; absent: in the own. */
  readonly peer?: string;
  readonly effect?: Effect;
  readonly permissions?: readonly Permission[];
  readonly source: Source;
}

/** The intentions for one destination, by its name or `*`. */
export interface Destination {
  readonly name: string;
  readonly entry: Entry;
  readonly intentions: readonly Intention[];
  /** Those for callers of peers, who are told apart from all others: `*` is for all of one peer (observed, row 0.12). */
  readonly ofPeers: readonly Intention[];
  /** Token providers that some intention asks for. */
  readonly tokens: readonly TokenDemand[];
  /** Peers of whose callers some intention speaks. */
  readonly peers: readonly string[];
}

export const everyone = '*';

/** All intentions, by destination, in the order of names. */
export const readIntentions = (
  reading: Reading,
  providers: Providers,
  protocolOf: (name: string) => Protocol,
): ReadonlyMap<string, Destination> => {
  const destinations = new Map<string, Destination>();
  for (const entry of entriesOf(reading, 'ServiceIntentions')) {
    const name =
      entry.spec?.find('destination')?.text('name') ?? (entry.spec?.at('destination') ? undefined : entry.name);
    if (name === undefined || !entry.spec) continue;
    leaveNamespace(entry.spec.find('destination'));
    const demanded = demandOf(entry.spec.at('jwt'), providers, reading);
    const read = entry.spec
      .list('sources')
      .flatMap(source => readSource(source, { reading, providers, demanded, name, protocolOf }));
    const known = destinations.get(name);
    const intentions = [...(known?.intentions ?? []), ...read.filter(({ peer }) => peer === undefined)];
    const ofPeers = [...(known?.ofPeers ?? []), ...read.filter(({ peer }) => peer !== undefined)];
    const tokens = [
      ...demanded,
      ...[...intentions, ...ofPeers].flatMap(({ permissions = [] }) => permissions.flatMap(one => one.tokens)),
    ];
    const peers = ofPeers.flatMap(({ peer }) => peer ?? []);
    destinations.set(name, { name, entry: known?.entry ?? entry, intentions, ofPeers, tokens, peers });
  }
  return destinations;
};

interface Place {
  readonly reading: Reading;
  readonly providers: Providers;
  /** Tokens that the destination asks of every caller who is let in. */
  readonly demanded: readonly TokenDemand[];
  readonly name: string;
  readonly protocolOf: (name: string) => Protocol;
}

const readSource = (field: EntryField, place: Place): readonly Intention[] => {
  const { reading, demanded, name, protocolOf } = place;
  field.leave('description', forPeople);
  leaveNamespace(field);
  const elsewhere = ['samenessGroup', 'partition'].find(
    key => field.text(key) !== undefined && field.text(key) !== 'default',
  );
  if (elsewhere) {
    const group = `${elsewhere} \`${field.text(elsewhere)}\``;
    report(
      reading,
      'CONSUL006',
      field,
      `callers of ${group} are not in the input: what \`${name}\` lets them do is not told`,
    );
    field.field.leave('callers of partitions are not in the input');
    return [];
  }
  const caller = field.text('name');
  if (caller === undefined) return [];
  const ofPeer = field.text('peer');
  const who = { caller, ...(ofPeer === undefined ? {} : { peer: ofPeer }) };
  const list = field.list('permissions');
  const effect = effectIn(field);
  if (list.length === 0) {
    if (!effect) return [];
    if (effect === 'deny' || demanded.length === 0) return [{ ...who, effect, source: field }];
    return [{ ...who, permissions: [{ effect, conditions: [], tokens: demanded, source: field }], source: field }];
  }
  if (!isHttp(protocolOf(name)) && name !== everyone) {
    report(reading, 'CONSUL204', field, `\`${name}\` carries ${protocolOf(name)}, and has no requests to permit`);
    field.field.leave('Consul refuses permissions for a service that carries bytes');
    return [];
  }
  const permissions = list.flatMap((permission): readonly Permission[] => {
    const own = effectIn(permission);
    if (!own) return [];
    const conditions = readPermission(permission.at('http'), own, reading);
    const tokens = demandOf(permission.at('jwt'), place.providers, reading);
    return [
      { effect: own, conditions, tokens: own === 'allow' ? [...demanded, ...tokens] : tokens, source: permission },
    ];
  });
  return [{ ...who, permissions, source: field }];
};
