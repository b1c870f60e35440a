import type { Field } from '../../../base/field.ts';
import type { Opaque } from '../../../model/model.ts';
import type { ClientScope, Labels } from '../../../model/scope.ts';
import { namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading, report } from '../reading.ts';

/** One entry of `egress[].hosts`. */
export interface Import {
  /** `.` is the client's own, `*` every namespace. */
  readonly namespace: string;
  readonly host: string;
  readonly port?: number;
}

/** A Sidecar and the clients whose proxy it configures. */
export interface Sidecar {
  readonly id: string;
  readonly clients: ClientScope;
  readonly imports: readonly Import[];
  readonly spec: Field;
}

const everything: readonly Import[] = [{ namespace: '*', host: '*' }];

/**
 * The Sidecars that act, in the order in which a workload looks for its own: one that picks it by labels, the namespace's,
 * the root namespace's for everyone; of several alike the oldest (observed, row 16.3; pilot, `getSidecarScope`, 1.31).
 */
export const readSidecars = (reading: Reading): Sidecar[] => {
  const root = reading.config.rootNamespace;
  const picking: Sidecar[] = [];
  const ofNamespace = new Map<string, Sidecar>();
  for (const object of objectsOf(reading, 'networking.istio.io', 'Sidecar')) {
    const spec = reading.snapshot.field(object).at('spec');
    if (!spec) continue;
    const namespace = namespaceOf(object.ref);
    const id = `${namespace}/${object.ref.name}`;
    const labels = spec.at('workloadSelector')?.textMap('labels');
    const imports = importsOf(spec);
    leaveServerSide(spec);
    if (labels && Object.keys(labels).length > 0) {
      picking.push({ id, clients: clientsIn(reading, namespace, labels), imports, spec });
      continue;
    }
    const older = ofNamespace.get(namespace);
    if (older) {
      report(reading, 'ISTIO113', spec, `\`${older.id}\` is for the same workloads and older`);
      for (const key of ['egress', 'ingress', 'outboundTrafficPolicy']) spec.at(key)?.leave('an older Sidecar acts');
      continue;
    }
    ofNamespace.set(namespace, { id, clients: clientsIn(reading, namespace), imports, spec });
  }
  const everyones = ofNamespace.get(root);
  return [
    ...picking,
    ...[...ofNamespace].filter(([namespace]) => namespace !== root).map(([, sidecar]) => sidecar),
    ...(everyones ? [{ ...everyones, clients: { mesh: reading.mesh.id } }] : []),
  ];
};

const clientsIn = ({ mesh }: Reading, namespace: string, labels?: Labels): ClientScope => ({
  mesh: mesh.id,
  namespaces: [namespace],
  ...(labels ? { labels } : {}),
});

/** Without `egress` everything is known. A listener with a port brings what its hosts have on that port. */
const importsOf = (spec: Field): readonly Import[] => {
  const listeners = spec.list('egress');
  if (listeners.length === 0) return everything;
  return listeners.flatMap(listener => {
    const port = listener.at('port');
    const protocol = port?.at('protocol');
    const number = port?.number('number');
    // An HTTP proxy on a port of its own takes requests for all ports.
    const isProxy = protocol?.value === 'HTTP_PROXY';
    if (isProxy) protocol?.note();
    else protocol?.leave('what travels on a port is what its service says');
    port?.at('name')?.leave('names the listener; no effect on traffic');
    port?.at('targetPort')?.leave('declared in the API and not implemented');
    for (const key of ['bind', 'captureMode']) listener.at(key)?.leave('how the application reaches its proxy');
    return (listener.texts('hosts') ?? []).flatMap((text): Import[] => {
      const slash = text.indexOf('/');
      const [namespace, host] = slash < 0 ? ['*', text] : [text.slice(0, slash), text.slice(slash + 1)];
      if (namespace === '~') return [];
      return [{ namespace, host: host.toLowerCase(), ...(number && !isProxy ? { port: number } : {}) }];
    });
  });
};

const leaveServerSide = (spec: Field): void => {
  spec.at('inboundConnectionPool')?.leave('limits on what a workload takes are not known to the model');
  spec.at('ingress')?.leave('where a proxy hands requests to its own application is not known to the model');
};

/** Ports of workloads with TLS of their own may refuse or admit other callers than the mesh's rules say. */
export const ownTls = (sidecars: readonly Sidecar[]): Opaque[] =>
  sidecars.flatMap(({ id, clients, spec }) => {
    const fields = spec.list('ingress').filter(listener => listener.has('tls'));
    return fields.map((field, index) => ({
      id: `${id} ingress ${index}`,
      what: `TLS of its own on port ${String(field.find('port')?.at('number')?.value)}`,
      ...(clients.namespaces ? { namespaces: clients.namespaces } : {}),
      ...(clients.labels ? { labels: clients.labels } : {}),
      source: field,
    }));
  });
