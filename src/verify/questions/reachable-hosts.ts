import type { Service } from '../../model/inventory.ts';
import { Lookup } from '../lookup/lookup.ts';
import { clientsOf } from './clients.ts';
import { plain, plainWithout } from './plain.ts';
import type { Question } from './question.ts';

const contents = (service: Service): unknown => plainWithout(service, 'id', 'labels', 'annotations', 'evidence');

/** Which services a client's proxy knows, on which ports, what they stand for, and what becomes of all others. */
export const reachableHosts: Question = {
  id: 'reachable-hosts',
  title: 'Which hosts can a client reach?',
  ask: (model, others = []) => {
    const lookup = Lookup.of(model);
    const { services } = model.inventory;
    const clients = clientsOf(model, others, each => [
      ...[...each.visibility, ...each.egress].map(statement => statement.clients),
      ...each.exposures.map(({ namespaces }) => ({ namespaces })),
    ]);
    const known = clients.map(([client, sender]) => {
      const seen = services.flatMap(service => {
        const ports = service.ports
          .map(({ port }) => port)
          .filter(port => !lookup.services.hiddenBy(service, sender, port));
        const isSeen = service.ports.length === 0 ? !lookup.services.hiddenBy(service, sender) : ports.length > 0;
        return isSeen ? [`${service.id}${ports.length > 0 ? `:${ports.join(',')}` : ''}`] : [];
      });
      const [egress] = lookup.egress(sender);
      const isOpen = !egress || (egress.mode.value === 'allow' && !egress.through);
      return [client, { services: seen, others: isOpen ? 'allow' : plainWithout(egress, 'id', 'clients') }] as const;
    });
    const stands = services.map(service => [`service ${service.id}`, contents(service)] as const);
    return Object.fromEntries([...known, ...stands].map(([key, value]) => [key, plain(value)]));
  },
};
