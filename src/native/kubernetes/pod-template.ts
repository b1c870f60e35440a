import type { Field } from '../../base/field.ts';
import { unique } from '../../base/order.ts';
import type { Labels } from '../../model/scope.ts';

/** What is said of the pods of a workload. */
export interface PodTemplate {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly serviceAccount: string;
  readonly ports: readonly { readonly port: number; readonly name?: string }[];
  /** Containers that start first stand in front. */
  readonly containers: readonly string[];
  readonly hostNetwork: boolean;
}

/**
 * Where an object of a workload kind describes its pods: a pod is its own description. Undefined if it has none (a
 * Rollout that points to a Deployment with `workloadRef`).
 */
export const podTemplateOf = (kind: string, root: Field): Field | undefined => {
  if (kind === 'Pod') return root;
  if (kind === 'CronJob') return root.find('spec', 'jobTemplate', 'spec', 'template');
  return root.find('spec', 'template');
};

export const readPodTemplate = (template: Field): PodTemplate => {
  const metadata = template.at('metadata');
  const spec = template.at('spec');
  const containers = [...(spec?.list('initContainers') ?? []), ...(spec?.list('containers') ?? [])];
  return {
    labels: metadata?.textMap('labels') ?? {},
    annotations: metadata?.textMap('annotations') ?? {},
    // `serviceAccount` is the field's old name, which the API server still takes.
    serviceAccount: spec?.text('serviceAccountName') ?? spec?.text('serviceAccount') ?? 'default',
    ports: containers.flatMap(readPorts),
    containers: unique(containers.flatMap(container => container.text('name') ?? [])),
    hostNetwork: spec?.boolean('hostNetwork') ?? false,
  };
};

const readPorts = (container: Field): { port: number; name?: string }[] =>
  container.list('ports').flatMap(field => {
    const port = field.number('containerPort');
    const name = field.text('name');
    return port === undefined ? [] : [{ port, ...(name === undefined ? {} : { name }) }];
  });
