import { type Finding, findingOf } from '../../base/finding.ts';
import { byKey, byText, groupBy } from '../../base/order.ts';
import { type ObjectRef, objectTitle } from '../../base/source.ts';
import { ServiceDirectory } from '../../model/directory.ts';
import type { Inventory, Service, Workload } from '../../model/inventory.ts';
import { containerPort } from '../../model/inventory.ts';
import { type EndpointSet, type Labels, selects } from '../../model/scope.ts';
import { groupOf, namespaceOf, type Snapshot } from '../snapshot.ts';
import { kubernetesFindings as kinds } from './findings.ts';

/** What is wrong with the objects as they stand together; nothing that could be right elsewhere is reported. */
export const kubernetesProblems = (snapshot: Snapshot, inventory: Inventory): Finding[] => [
  ...duplicates(snapshot),
  ...serviceProblems(snapshot, inventory),
  ...missingAccounts(inventory),
];

/** One finding for each object, however often it is written. Copies that say the same are harmless, and common. */
const duplicates = (snapshot: Snapshot): Finding[] =>
  [...groupBy(snapshot.superseded, ([, kept]) => kept)].flatMap(([kept, pairs]) => {
    const text = JSON.stringify(kept.body);
    const different = pairs.map(([copy]) => copy).filter(({ body }) => JSON.stringify(body) !== text);
    if (different.length === 0) return [];
    const places = different.map(({ ref }) => placeOf(ref)).sort(byText);
    const where = places.length > 4 ? [...places.slice(0, 3), `${places.length - 3} other places`] : places;
    const message = `${objectTitle(kept.ref)} is written in ${where.join(', ')} too, and not the same; this one is the last, and counts`;
    return [findingOf(kinds, 'KUBE002', kept.ref, message)];
  });

const placeOf = ({ file, document }: ObjectRef): string =>
  file === undefined ? 'another place' : `\`${file}\`${document === undefined ? '' : ` (document ${document + 1})`}`;

const serviceProblems = (snapshot: Snapshot, inventory: Inventory): Finding[] => {
  const directory = new ServiceDirectory(inventory);
  const population = groupBy(inventory.workloads, ({ namespace }) => namespace);
  return inventory.services.flatMap(service => {
    const { endpoints } = service;
    const workloads = directory.workloadsOf(endpoints);
    // Where files hold no workload of a namespace, they were not meant to.
    const others = population.get(service.namespace)?.length ?? 0;
    const expected = snapshot.extent === 'whole' || others > 0;
    const findings: Finding[] = [];
    if (endpoints.kind === 'pods' && workloads.length === 0 && expected && !picksMachines(snapshot, endpoints)) {
      const labels = Object.entries(endpoints.labels).map(([name, value]) => `${name}=${value}`);
      const selector = labels.join(',');
      const message = `selector \`${selector}\` picks no workload of namespace \`${service.namespace}\` (${others} were read)`;
      findings.push(findingOf(kinds, 'KUBE001', at(service, 'spec.selector'), message));
    }
    return [...findings, ...portProblems(service, workloads), ...externalNameProblems(service)];
  });
};

/** Whether the labels are those of a machine in the namespace, which meshes tell of by objects of their own kinds. */
const picksMachines = (snapshot: Snapshot, { namespace, labels }: Extract<EndpointSet, { kind: 'pods' }>): boolean =>
  snapshot.objects.some(object => {
    if (namespaceOf(object.ref) !== namespace || !groupOf(object.ref).includes('.')) return false;
    const root = snapshot.field(object);
    const spec = root.at('spec');
    // One machine with its address, or many of a kind.
    const places =
      spec?.has('address') || spec?.has('workloadIPs') ? [root.at('metadata'), spec] : [spec?.at('metadata')];
    return places.some(place => place?.has('labels') && selects(labels, place.at('labels')?.value as Labels));
  });

const portProblems = (service: Service, workloads: readonly Workload[]): Finding[] =>
  service.ports.flatMap((port, index) => {
    if (workloads.length === 0 || workloads.some(workload => containerPort(port, workload) !== undefined)) return [];
    const names = workloads.map(({ id }) => `\`${id}\``).join(', ');
    const message = `port ${port.port} leads to port \`${port.targetPort}\`, which no container of ${names} has`;
    return [findingOf(kinds, 'KUBE003', at(service, `spec.ports[${index}].targetPort`), message)];
  });

/** Kubernetes takes `externalName: 10.0.0.1` for a host name of digits, which no DNS server knows. */
const externalNameProblems = (service: Service): Finding[] => {
  if (!service.external || service.endpoints.kind !== 'addresses') return [];
  const [host = ''] = service.endpoints.addresses;
  if (!/^\d+(\.\d+){3}$|:/.test(host)) return [];
  const message = `external name \`${host}\` is an address; a host name is expected`;
  return [findingOf(kinds, 'KUBE006', at(service, 'spec.externalName'), message)];
};

const at = (service: Service, path: string) => service.source && { object: service.source.object, path };

/** The API server makes an account `default` in every namespace. */
const missingAccounts = (inventory: Inventory): Finding[] => {
  if (inventory.clusters.some(({ extent }) => extent === 'partial')) return [];
  const accounts = new Set(inventory.serviceAccounts.map(({ namespace, name }) => `${namespace}/${name}`));
  return inventory.workloads
    .filter(({ namespace, serviceAccount }) => !accounts.has(`${namespace}/${serviceAccount}`))
    .filter(({ serviceAccount }) => serviceAccount !== 'default')
    .map(({ source, serviceAccount, namespace }) =>
      findingOf(kinds, 'KUBE005', source, `service account \`${namespace}/${serviceAccount}\` does not exist`),
    );
};

/** Values of a type that the API server refuses, of those that were read so far. */
export const fieldProblems = (snapshot: Snapshot, objects: Snapshot['objects']): Finding[] =>
  objects
    .flatMap(object => snapshot.field(object).problems())
    .map(({ source, expected, found }) =>
      findingOf(kinds, 'KUBE004', source, `\`${source.path}\` must be ${expected}, and is ${found}`),
    )
    .sort(byKey(({ subject, path }) => `${subject && namespaceOf(subject)}/${subject?.name}/${path}`));
