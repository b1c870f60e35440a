import { byText, groupBy, unique } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Frontend } from '../../../model/frontend.ts';
import { usualConnectTimeoutMs } from '../mesh.ts';
import { type Reading, report } from '../reading.ts';
import { usualSettings } from './settings.ts';

/**
 * What a client says of an upstream, Consul writes down for the endpoints that the name leads to, once for each name, in the
 * order of a Go map, and the last one counts: where the client says something else of another name that leads there, every
 * update of its proxy draws anew (observed, 1.21.0: half of 40 updates; `clustersFromSnapshotConnectProxy` in
 * agent/xds/clusters.go). A time to connect of its own gives a name a copy of its own, which holds for this name alone
 * (observed, 1.21.0). A model has settings of endpoints, whatever name led there: where names differ, that is told.
 */
export const tellContested = (
  reading: Reading,
  frontends: readonly Frontend[],
  settings: readonly DestinationSettings[],
): void => {
  const namesAlike = namesWithOneEnd(frontends);
  const ofClients = groupBy(
    settings.filter(({ target }) => target.subset === undefined),
    ({ clients }) => clients,
  );
  for (const own of ofClients.values()) {
    const usual = own.find(({ target }) => target.hosts?.includes('*')) ?? usualSettings;
    const said = new Map(own.flatMap(one => (one.target.service === undefined ? [] : [[one.target.service, one]])));
    for (const [service, one] of said) {
      const others = namesAlike(service).map(name => ({ name, saying: said.get(name) ?? usual }));
      const rivals = others.filter(({ saying }) => isDrawn(one, saying));
      const apart = others.filter(({ saying }) => isApart(one, saying));
      if (!one.source || rivals.length + apart.length === 0) continue;
      const textOf = (all: typeof others): string =>
        textOfNames(all.map(({ name: id }) => reading.services.nameOf({ id })));
      const name = reading.services.nameOf({ id: service });
      const message =
        rivals.length > 0
          ? `\`${name}\` leads where ${textOf(rivals)} leads: which of the two holds is left to chance`
          : `\`${name}\` leads where ${textOf(apart)} leads: it does not hold for requests by that name`;
      report(reading, 'CONSUL113', one.source, message);
    }
  }
};

const textOfNames = (names: readonly string[]): string => {
  const [first, ...more] = names.toSorted(byText).map(name => `\`${name}\``);
  return more.length === 0 ? `${first}` : `${first} (and ${more.length} more)`;
};

/** The other names that lead to where a name leads; without entries a name leads to itself. */
export const namesWithOneEnd = (frontends: readonly Frontend[]): ((service: string) => readonly string[]) => {
  const ways = frontends.flatMap(({ listens, rules }) =>
    listens.kind === 'service' ? rules.flatMap(endsOf).map(end => ({ name: listens.service, end })) : [],
  );
  const ends = groupBy(ways, ({ name }) => name);
  const names = groupBy(ways, ({ end }) => end);
  const namesOf = (end: string): readonly string[] => [
    ...(ends.has(end) ? [] : [end]),
    ...(names.get(end) ?? []).map(({ name }) => name),
  ];
  return service => {
    const own = unique((ends.get(service) ?? [{ end: service }]).map(({ end }) => end));
    return unique(own.flatMap(namesOf)).filter(name => name !== service);
  };
};

const endsOf = ({ action: { target } }: Frontend['rules'][number]): readonly string[] =>
  (target.kind === 'forward' ? target.backends : []).flatMap(({ backend }) =>
    backend.kind === 'service' ? [backend.service] : [],
  );

type Saying = Pick<DestinationSettings, 'connectionLimits' | 'outlierDetection'>;

const places: ReadonlySet<string> = new Set(['source', 'origin']);

/** Whether chance decides between what is said of two names with one end. */
export const isDrawn = (one: Saying, other: Saying): boolean =>
  ownConnectMs(one) === ownConnectMs(other) && differ(one, other);

/** Whether each of two names with one end has what is said of it to itself. */
const isApart = (one: Saying, other: Saying): boolean => ownConnectMs(one) !== ownConnectMs(other);

const differ = (one: Saying, other: Saying): boolean =>
  !isSame(one.connectionLimits, other.connectionLimits, new Set([...places, 'connectTimeoutMs'])) ||
  !isSame(one.outlierDetection, other.outlierDetection, places);

/** What a client itself says of the time to connect; what resolvers say, they say of every name. */
const ownConnectMs = ({ connectionLimits }: Saying): number | undefined => {
  const { value, source } = connectionLimits?.connectTimeoutMs ?? {};
  return source?.object.kind === 'ServiceDefaults' && value !== usualConnectTimeoutMs ? value : undefined;
};
