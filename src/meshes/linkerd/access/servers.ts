import type { Field } from '../../../base/field.ts';
import { groupBy, unique } from '../../../base/order.ts';
import type { Workload } from '../../../model/inventory.ts';
import type { Labels, ServerScope } from '../../../model/scope.ts';
import { metadataOf, type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { type DefaultPolicy, defaultPolicyOf, parseDefaultPolicy } from '../default-policy.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { readSelector, type Selector, selectorTakes } from './selector.ts';

/** A port of some pods, with everything but who may come in. */
export interface Server {
  readonly namespace: string;
  readonly name: string;
  /** The Server object's own labels, by which a ServerAuthorization may select it. */
  readonly labels: Labels;
  readonly selector: Selector;
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
    return spec ? (readServer(reading, object, spec) ?? []) : [];
  });

const readServer = (reading: Reading, object: NativeObject, spec: Field): Server | undefined => {
  const namespace = namespaceOf(object.ref);
  const external = spec.at('externalWorkloadSelector');
  if (external) {
    external.leave('selects workloads outside the cluster, which are only reported');
    report(reading, 'LINKERD207', external, 'a Server for workloads outside the cluster');
    return undefined;
  }
  const selector = readSelector(spec.at('podSelector'));
  const protocol = protocols.find(one => one === spec.text('proxyProtocol')) ?? 'unknown';
  return {
    namespace,
    name: object.ref.name,
    labels: metadataOf(object).labels,
    selector,
    scopes: scopesOf(reading, namespace, selector, spec.at('port')),
    protocol,
    accessPolicy: readAccessPolicy(spec.at('accessPolicy')),
    spec,
    object,
  };
};

/** Absent: nobody but those who are authorized. A word that Linkerd does not know means the same. */
const readAccessPolicy = (field: Field | undefined): DefaultPolicy =>
  parseDefaultPolicy(field?.asText() ?? '') ?? defaultPolicyOf('deny');

/** The pods and container ports that a selector and a port mean. */
const scopesOf = (
  reading: Reading,
  namespace: string,
  selector: Selector,
  port: Field | undefined,
): readonly ServerScope[] => {
  const selected = reading.inventory.workloads.filter(
    workload => workload.namespace === namespace && selectorTakes(selector, workload.labels),
  );
  const base = { mesh: reading.mesh.id, namespaces: [namespace] };
  const pods = podsOf(reading, namespace, selector, selected, port);
  const number = typeof port?.value === 'number' ? port.asNumber() : undefined;
  if (number !== undefined) return pods.map(labels => ({ ...base, ...labelled(labels), ports: [number] }));
  const name = port?.asText() ?? '';
  const byPorts = groupBy(selected, workload => portsNamed(workload, name).join());
  if ([...byPorts.keys()].every(ports => ports === '')) {
    unresolved(reading, namespace, selector, name, port);
    return [];
  }
  const isUniform = byPorts.size === 1 && pods.length === 1;
  if (isUniform) return [{ ...base, ...labelled(pods[0]!), ports: portsNamed(selected[0]!, name) }];
  return selected.flatMap(workload => {
    const ports = portsNamed(workload, name);
    return ports.length > 0 ? [{ ...base, ...labelled(workload.labels), ports }] : [];
  });
};

const labelled = (labels: Labels): { readonly labels?: Labels } => (Object.keys(labels).length > 0 ? { labels } : {});

const portsNamed = (workload: Workload, name: string): number[] =>
  unique(workload.ports.filter(port => port.name === name).map(({ port }) => port)).sort((a, b) => a - b);

/** The label sets that say which pods: the selector's own, or those of the workloads where it needs more than equality. */
const podsOf = (
  reading: Reading,
  namespace: string,
  selector: Selector,
  selected: readonly Workload[],
  port: Field | undefined,
): readonly Labels[] => {
  if (selector.expressions.length === 0) return [selector.labels];
  const names = selected.map(({ name }) => `\`${name}\``).join(', ') || 'none';
  if (port) report(reading, 'LINKERD205', port, `the selector takes these workloads of \`${namespace}\`: ${names}`);
  return selected.map(({ labels }) => labels);
};

/** Nobody can say which port it is, but the Server may well act: answers for these pods have to say so. */
const unresolved = (
  reading: Reading,
  namespace: string,
  selector: Selector,
  name: string,
  port: Field | undefined,
): void => {
  if (!port) return;
  report(reading, 'LINKERD202', port, `no container port named \`${name}\` among the selected workloads`);
  reading.opaque.push({
    id: `Server ${namespace}/${port.object.name}`,
    what: `a Server for the port named ${name}, whose number the input does not tell`,
    namespaces: [namespace],
    labels: selector.labels,
    source: port,
  });
};
