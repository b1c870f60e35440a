import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { Subset } from '../../model/frontend.ts';
import type { Service } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';
import type { Sender } from '../lookup/coverage.ts';
import { Lookup } from '../lookup/lookup.ts';
import { concreteHost } from '../samples/text-values.ts';
import { clientsOf } from './clients.ts';
import { plain, plainWithout } from './plain.ts';
import type { Answers, Question } from './question.ts';

interface Asked {
  readonly title: string;
  readonly host: string;
  readonly service?: Service;
  readonly port?: number;
  readonly subset?: Subset;
}

const subsetTitle = ({ name, labels }: Subset): string => {
  const pairs = Object.entries(labels ?? {}).map(([label, value]) => `${label}=${value}`);
  return `${name}{${pairs.sort().join(',')}}`;
};

/** The subsets that settings and rules name, by the service they are of; one name may stand for several sets. */
const subsetsIn = (models: readonly Model[]): Map<string, Map<string, Subset>> => {
  const subsets = new Map<string, Map<string, Subset>>();
  const note = (service: string | undefined, subset: Subset | undefined): void => {
    if (service === undefined || !subset) return;
    const known = subsets.get(service) ?? new Map<string, Subset>();
    subsets.set(service, known.set(subsetTitle(subset), subset));
  };
  for (const { destinations, frontends } of models) {
    for (const { target } of destinations) note(target.service ?? target.hosts?.[0], target.subset);
    for (const { action } of frontends.flatMap(({ rules }) => rules)) {
      if (action.target.kind !== 'forward') continue;
      for (const { backend } of action.target.backends) {
        if (backend.kind === 'service') note(backend.service, backend.subset);
      }
    }
  }
  return subsets;
};

const askedOf = (
  place: { readonly id: string; readonly host: string; readonly service?: Service },
  ports: readonly (number | undefined)[],
  subsets: Iterable<Subset>,
): Asked[] =>
  ports.flatMap(port =>
    [undefined, ...subsets].map(subset => ({
      title: [place.id, ...(port === undefined ? [] : [port]), ...(subset ? [subsetTitle(subset)] : [])].join(' '),
      host: place.host,
      ...(place.service ? { service: place.service } : {}),
      ...(port === undefined ? {} : { port }),
      ...(subset ? { subset } : {}),
    })),
  );

/** Every service and every host that settings name, in any of the models, with its ports and subsets. */
const destinationsIn = (models: readonly Model[]): Asked[] => {
  const subsets = subsetsIn(models);
  const named = new Set(models.flatMap(({ destinations }) => destinations.map(({ target }) => target.service)));
  const asked: Asked[] = [];
  const done = new Set<string>();
  for (const service of models.flatMap(({ inventory }) => inventory.services)) {
    if (done.has(service.id)) continue;
    done.add(service.id);
    const ports = service.ports.length > 0 ? service.ports.map(({ port }) => port) : [undefined];
    const host = service.hosts[0] ?? service.id;
    asked.push(...askedOf({ id: service.id, host, service }, ports, subsets.get(service.id)?.values() ?? []));
  }
  for (const id of named) {
    if (id === undefined || done.has(id)) continue;
    asked.push(...askedOf({ id, host: id }, [undefined], subsets.get(id)?.values() ?? []));
  }
  for (const { target } of models.flatMap(({ destinations }) => destinations)) {
    for (const pattern of target.hosts ?? []) {
      const host = concreteHost(pattern);
      const ports = [undefined, ...(target.port === undefined ? [] : [target.port])];
      asked.push(...askedOf({ id: host, host }, ports, subsets.get(pattern)?.values() ?? []));
    }
  }
  return asked;
};

/** What holds towards a destination: its settings, and the mesh's defaults for what they leave open. */
const effective = (settings: DestinationSettings | undefined, sender: Sender, lookup: Lookup): unknown => {
  const { loadBalancing, connectionLimits, outlierDetection } = lookup.mesh(sender.mesh)?.defaults ?? {};
  const defaults = plain({ loadBalancing, connectionLimits, outlierDetection }) as object;
  const own = settings ? (plainWithout(settings, 'id', 'clients', 'target') as object) : {};
  return { ...defaults, ...own };
};

const ask = (model: Model, others: readonly Model[] = []): Answers => {
  const lookup = Lookup.of(model);
  const clients = clientsOf(model, others, ({ destinations }) => destinations.map(settings => settings.clients));
  const answers: Record<string, unknown> = {};
  for (const { title, ...asked } of destinationsIn([model, ...others])) {
    for (const [client, sender] of clients) {
      const settings = lookup.destinations.settingsFor(asked, sender);
      answers[`${client} to ${title}`] = effective(settings, sender, lookup);
    }
  }
  return answers;
};

/** How clients treat each destination: balancing, limits, outliers, TLS, locality, per port and subset. */
export const destinationSettings: Question = {
  id: 'destination-settings',
  title: 'How do clients treat a destination?',
  ask,
};
