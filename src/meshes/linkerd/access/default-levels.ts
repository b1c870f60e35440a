import type { Source } from '../../../base/source.ts';
import type { Namespace, Workload } from '../../../model/inventory.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { type DefaultPolicy, parseDefaultPolicy } from '../default-policy.ts';
import { parsePortSet } from '../port-set.ts';
import { type Reading, report } from '../reading.ts';

export const policyAnnotation = 'config.linkerd.io/default-inbound-policy';
const identityPortsAnnotation = 'config.linkerd.io/proxy-require-identity-inbound-ports';

/** What holds in a scope on every port that no Server covers. */
export interface DefaultLevel {
  readonly id: string;
  readonly scope: ServerScope;
  readonly policy: DefaultPolicy;
  readonly source?: Source;
}

/**
 * The default policies in force, most specific first: of a workload, of a namespace (its pods get a copy of the
 * annotation when they are injected, machines do not: policy controller, `inbound/workload.rs`, 2.20), of the mesh. A level that only says what the one above it says is left out.
 */
export const defaultLevels = (reading: Reading): readonly DefaultLevel[] => {
  const { inventory, mesh, plane } = reading;
  const whole: DefaultLevel = {
    id: 'default of the mesh',
    scope: { mesh: mesh.id },
    policy: plane.defaultPolicy,
    ...(plane.source ? { source: plane.source } : {}),
  };
  const namespaces = new Map<string, DefaultLevel>();
  for (const namespace of inventory.namespaces) {
    const policy = annotated(reading, namespace);
    if (!policy || policy === whole.policy) continue;
    namespaces.set(namespace.name, {
      id: `default of namespace ${namespace.name}`,
      scope: { mesh: mesh.id, namespaces: [namespace.name], only: 'pods' },
      policy,
      ...sourceOf(namespace, policyAnnotation),
    });
  }
  const workloads = inventory.workloads.flatMap(workload =>
    workload.memberships.some(member => member.mesh === mesh.id)
      ? workloadLevels(reading, workload, (!workload.isMachine && namespaces.get(workload.namespace)) || whole)
      : [],
  );
  return [...workloads, ...namespaces.values(), whole];
};

/** Kinds whose own annotations count, and not those of a template. */
const unwrapped: ReadonlySet<string> = new Set(['Namespace', 'Pod', 'ExternalWorkload']);

const sourceOf = (of: Pick<Workload, 'source'>, key: string): { readonly source?: Source } => {
  if (!of.source) return {};
  const path = unwrapped.has(of.source.object.kind) ? '' : 'spec.template.';
  return { source: { object: of.source.object, path: `${path}metadata.annotations["${key}"]` } };
};

/** A word that Linkerd does not know leaves the level above in force. */
const annotated = (reading: Reading, of: Namespace | Workload): DefaultPolicy | undefined => {
  const text = of.annotations[policyAnnotation];
  if (text === undefined) return undefined;
  const policy = parseDefaultPolicy(text);
  const { source } = sourceOf(of, policyAnnotation);
  if (!policy && source) report(reading, 'LINKERD005', source, `\`${text}\` is no default policy`);
  return policy;
};

const workloadLevels = (reading: Reading, workload: Workload, above: DefaultLevel): readonly DefaultLevel[] => {
  const scope: ServerScope = {
    mesh: reading.mesh.id,
    namespaces: [workload.namespace],
    only: workload.isMachine ? 'machines' : 'pods',
    ...(Object.keys(workload.labels).length > 0 ? { labels: workload.labels } : {}),
  };
  const own = annotated(reading, workload) ?? podPolicy(workload);
  const base = own ?? above.policy;
  const levels: DefaultLevel[] = [];
  const ports = [...(parsePortSet(workload.annotations[identityPortsAnnotation] ?? '') ?? [])].sort((a, b) => a - b);
  if (ports.length > 0 && base.allows !== 'nobody' && !base.authenticated) {
    levels.push({
      id: `identity on ports of ${workload.id}`,
      scope: { ...scope, ports },
      policy: { ...base, authenticated: true },
      ...sourceOf(workload, identityPortsAnnotation),
    });
  }
  if (own && own !== above.policy) {
    levels.push({ id: `default of ${workload.id}`, scope, policy: own, ...sourceOf(workload, policyAnnotation) });
  }
  return levels;
};

/** What a pod was given when it was injected: the namespace may say something else by now. */
const podPolicy = (workload: Workload): DefaultPolicy | undefined => {
  const [pod] = workload.pods ?? [];
  return pod && parseDefaultPolicy(pod.annotations[policyAnnotation] ?? '');
};
