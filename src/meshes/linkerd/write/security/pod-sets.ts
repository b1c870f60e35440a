import type { Workload } from '../../../../model/inventory.ts';
import { isFor, type Labels, type ServerScope, selects } from '../../../../model/scope.ts';
import { groupOf, type NativeObject } from '../../../../native/snapshot.ts';
import { policyAnnotation } from '../../access/default-levels.ts';
import { type DefaultPolicy, parseDefaultPolicy } from '../../default-policy.ts';
import type { Judging } from '../judging.ts';
import { inOrder, knownPorts } from '../known-ports.ts';
import { isEnrolled } from '../machines.ts';

/** Pods that are treated alike, or a machine, with the ports that are known of them. */
export interface PodSet {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly number[];
  /** The object that makes them, if the input holds it. */
  readonly object?: NativeObject;
  /** Those of the template that makes them; empty if it is not known. */
  readonly annotations: Labels;
  /** A Service leads to ports that are only named, and nobody says which those are. */
  readonly hasUnknownPorts?: boolean;
  /** Selected by Servers for machines, and only by those. */
  readonly isMachine: boolean;
  readonly name: string;
}

/** What has to be known to tell pods. */
type Known = Pick<Judging, 'model' | 'snapshot' | 'target'>;

/**
 * The pods of the mesh: those of its workloads, and those that a Service selects of which no workload is known; and the
 * machines that take part.
 */
export const podSets = (judging: Known): readonly PodSet[] => {
  const { workloads, services } = judging.model.inventory;
  const members = workloads.filter(
    one =>
      one.memberships.some(({ mesh }) => mesh === judging.target.id) && (!one.isMachine || isEnrolled(one, judging)),
  );
  const ofWorkloads = members.map((workload): PodSet => {
    const object = objectOf(workload, judging);
    return {
      namespace: workload.namespace,
      labels: workload.labels,
      ports: knownPorts(workload, judging.model),
      name: workload.name,
      isMachine: workload.isMachine ?? false,
      annotations: workload.annotations,
      ...(object ? { object } : {}),
    };
  });
  const ofServices = services.flatMap((service): PodSet[] => {
    const { endpoints } = service;
    if (endpoints.kind !== 'pods' || Object.keys(endpoints.labels).length === 0) return [];
    const isKnown = workloads.some(
      ({ namespace, labels }) => namespace === endpoints.namespace && selects(endpoints.labels, labels),
    );
    if (isKnown) return [];
    const ports = service.ports.flatMap(({ port, targetPort = port }) =>
      typeof targetPort === 'number' ? [targetPort] : [],
    );
    const { namespace, labels } = endpoints;
    return [
      {
        namespace,
        labels,
        ports: inOrder(ports),
        annotations: {},
        name: service.name,
        isMachine: false,
        ...(ports.length < service.ports.length ? { hasUnknownPorts: true } : {}),
      },
    ];
  });
  return distinctPods([...ofWorkloads, ...ofServices]);
};

/** Of several sets of the same pods the last. */
export const distinctPods = (pods: readonly PodSet[]): readonly PodSet[] => [
  ...new Map(pods.map(one => [JSON.stringify([one.namespace, one.labels, one.name, one.isMachine]), one])).values(),
];

/** The default policy that annotations give. */
export const givenPolicy = (annotations: Labels): DefaultPolicy | undefined =>
  parseDefaultPolicy(annotations[policyAnnotation] ?? '');

const objectOf = ({ source }: Workload, judging: Known): NativeObject | undefined => {
  if (!source) return undefined;
  const { kind, namespace, name } = source.object;
  const template = judging.snapshot.find(groupOf(source.object), kind, namespace, name);
  const spec = template?.body.spec as { readonly template?: unknown } | undefined;
  return spec?.template ? template : undefined;
};

/** Whether a scope takes pods or a machine, on a port or as a whole. */
export const coversPods = (scope: ServerScope, pods: PodSet, port?: number): boolean =>
  (!scope.namespaces || scope.namespaces.includes(pods.namespace)) &&
  isFor(scope, pods.isMachine) &&
  selects(scope.labels, pods.labels) &&
  (scope.ports === undefined || (port !== undefined && scope.ports.includes(port)));

/** A scope that names ports needs no known pods or machines: its own labels are the selector. */
export const scopedPods = (scope: ServerScope): readonly PodSet[] =>
  (scope.namespaces ?? []).map(namespace => ({
    namespace,
    labels: scope.labels ?? {},
    ports: scope.ports ?? [],
    annotations: {},
    name: Object.values(scope.labels ?? {}).join('-') || 'pods',
    isMachine: scope.only === 'machines',
  }));
