import type { Field } from '../../../base/field.ts';
import { groupBy, unique } from '../../../base/order.ts';
import type { Workload } from '../../../model/inventory.ts';
import { isFor, type Labels, type ServerScope } from '../../../model/scope.ts';
import { type LabelSelector, readLabelSelector, selectorTakes } from '../../../native/kubernetes/label-selector.ts';
import { metadataOf, type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { type DefaultPolicy, defaultPolicyOf, parseDefaultPolicy } from '../default-policy.ts';
import { objectsOf, type Reading, report } from '../reading.ts';

/** A port of some pods or of some machines, with everything but who may come in. */
export interface Server {
  readonly namespace: string;
  readonly name: string;
  /** The Server object's own labels, by which a ServerAuthorization may select it. */
  readonly labels: Labels;
  readonly selector: Required<LabelSelector>;
  /** A Server selects pods, or the machines that ExternalWorkloads stand for; never both. */
  readonly only: 'pods' | 'machines';
  /** Where it acts; several if one selector has to be said as several. */
  readonly scopes: readonly ServerScope[];
  readonly protocol: ServerProtocol;
  readonly accessPolicy: DefaultPolicy;
  readonly spec: Field;
  readonly object: NativeObject;
}

/** `unknown` looks at the first bytes; `opaque` and `TLS` are bytes, so that only whole connections are authorized. */
export type ServerProtocol = 'unknown' | 'HTTP/1' | 'HTTP/2' | 'gRPC' | 'opaque' | 'TLS';

const protocols: readonly ServerProtocol[] = ['unknown', 'HTTP/1', 'HTTP/2', 'gRPC', 'opaque', 'TLS'];

export const readsHttp = (protocol: ServerProtocol): boolean => protocol !== 'opaque' && protocol !== 'TLS';

/** All Servers, older first: of two that select one port of one pod the older acts (policy-controller index, 2.20). */
export const readServers = (reading: Reading): Server[] =>
  objectsOf(reading, 'policy.linkerd.io', 'Server').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    return spec ? [readServer(reading, object, spec)] : [];
  });

const readServer = (reading: Reading, object: NativeObject, spec: Field): Server => {
  const namespace = namespaceOf(object.ref);
  const external = spec.at('externalWorkloadSelector');
  const only = external ? 'machines' : 'pods';
  const selector = readLabelSelector(external ?? spec.at('podSelector'));
  const protocol = protocols.find(one => one === spec.text('proxyProtocol')) ?? 'unknown';
  return {
    namespace,
    name: object.ref.name,
    labels: metadataOf(object).labels,
    selector,
    only,
    scopes: scopesOf(reading, { namespace, only, selector }, spec.at('port')),
    protocol,
    accessPolicy: readAccessPolicy(spec.at('accessPolicy')),
    spec,
    object,
  };
};

/** Absent: nobody but those who are authorized. A word that Linkerd does not know means the same. */
const readAccessPolicy = (field: Field | undefined): DefaultPolicy =>
  parseDefaultPolicy(field?.asText() ?? '') ?? defaultPolicyOf('deny');

/** What a Server selects, on whatever port. */
type Selection = Pick<Server, 'namespace' | 'only' | 'selector'>;

/** The pods or machines and their ports that a selector and a port mean. */
const scopesOf = (reading: Reading, selection: Selection, port: Field | undefined): readonly ServerScope[] => {
  const { namespace, only, selector } = selection;
  const selected = reading.inventory.workloads.filter(
    workload =>
      workload.namespace === namespace &&
      isFor({ only }, workload.isMachine ?? false) &&
      selectorTakes(selector, workload.labels),
  );
  const base = { mesh: reading.mesh.id, namespaces: [namespace], only };
  const sets = labelSets(reading, selection, selected, port);
  const number = typeof port?.value === 'number' ? port.asNumber() : undefined;
  if (number !== undefined) return sets.map(labels => ({ ...base, ...labelled(labels), ports: [number] }));
  const name = port?.asText() ?? '';
  const byPorts = groupBy(selected, workload => portsNamed(workload, name).join());
  if ([...byPorts.keys()].every(ports => ports === '')) {
    unresolved(reading, selection, name, port);
    return [];
  }
  const isUniform = byPorts.size === 1 && sets.length === 1;
  if (isUniform) return [{ ...base, ...labelled(sets[0]!), ports: portsNamed(selected[0]!, name) }];
  return selected.flatMap(workload => {
    const ports = portsNamed(workload, name);
    return ports.length > 0 ? [{ ...base, ...labelled(workload.labels), ports }] : [];
  });
};

const labelled = (labels: Labels): { readonly labels?: Labels } => (Object.keys(labels).length > 0 ? { labels } : {});

const portsNamed = (workload: Workload, name: string): number[] =>
  unique(workload.ports.filter(port => port.name === name).map(({ port }) => port)).sort((a, b) => a - b);

/** The label sets that say which: the selector's own, or those of the workloads where it needs more than equality. */
const labelSets = (
  reading: Reading,
  { namespace, selector }: Selection,
  selected: readonly Workload[],
  port: Field | undefined,
): readonly Labels[] => {
  if (selector.matchExpressions.length === 0) return [selector.matchLabels];
  const names = selected.map(({ name }) => `\`${name}\``).join(', ') || 'none';
  if (port) report(reading, 'LINKERD205', port, `the selector takes these workloads of \`${namespace}\`: ${names}`);
  return selected.map(({ labels }) => labels);
};

/** Nobody can say which port it is, but the Server may well act: answers for what it selects have to say so. */
const unresolved = (
  reading: Reading,
  { namespace, only, selector }: Selection,
  name: string,
  port: Field | undefined,
): void => {
  if (!port) return;
  const where = only === 'pods' ? 'no container port' : 'no port';
  report(reading, 'LINKERD202', port, `${where} named \`${name}\` among the selected workloads`);
  reading.opaque.push({
    id: `Server ${namespace}/${port.object.name}`,
    what: `a Server for the port named ${name}, whose number the input does not tell`,
    namespaces: [namespace],
    labels: selector.matchLabels,
    source: port,
  });
};
