import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { Subset } from '../../model/frontend.ts';
import type { Service } from '../../model/inventory.ts';
import type { Labels } from '../../model/scope.ts';
import { coversSender, type Sender } from './coverage.ts';
import { HostIndex, inOrder, type Ranked } from './host-index.ts';

/** A destination as a sender's proxy knows it. */
export interface DestinationAsked {
  readonly service?: Service;
  readonly host: string;
  readonly port?: number;
  readonly subset?: Subset;
}

const sameLabels = (a: Labels, b: Labels): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name]);
};

/** One subset may go by different names; where labels are not known, the name is all there is. */
const isSubset = (target: Subset, subset: Subset | undefined): boolean => {
  if (!subset) return false;
  return target.labels && subset.labels ? sameLabels(target.labels, subset.labels) : target.name === subset.name;
};

/** How senders treat destinations, found by name. */
export class Destinations {
  private readonly byService = new Map<string, Ranked<DestinationSettings>[]>();
  private readonly byHost = new HostIndex<DestinationSettings>();

  constructor(settings: readonly DestinationSettings[]) {
    settings.forEach((item, rank) => {
      const { service, hosts } = item.target;
      if (service !== undefined) {
        const bucket = this.byService.get(service);
        if (bucket) bucket.push({ rank, item });
        else this.byService.set(service, [{ rank, item }]);
        return;
      }
      for (const host of hosts ?? ['*']) this.byHost.add(host, rank, item);
    });
  }

  /** All settings about a destination, for whatever subset, port and sender. */
  about({ service, host }: Pick<DestinationAsked, 'service' | 'host'>): DestinationSettings[] {
    const byHost = this.byHost.bucketsOfAny(host, service?.hosts ?? []);
    return inOrder(service ? [this.byService.get(service.id), ...byHost] : byHost);
  }

  /** The first settings that fit, which are the whole answer. */
  settingsFor(asked: DestinationAsked, sender: Sender): DestinationSettings | undefined {
    return this.about(asked).find(
      ({ target, clients }) =>
        (!target.servicesOnly || asked.service !== undefined) &&
        (target.port === undefined || target.port === asked.port) &&
        (!target.subset || isSubset(target.subset, asked.subset)) &&
        coversSender(clients, sender),
    );
  }
}
