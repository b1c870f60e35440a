import type { KubernetesObject } from '../kubernetes/api.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
  }[];
  readonly ports?: readonly { readonly containerPort: number }[];
}

export interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly serviceAccountName: string;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: { readonly podIP?: string };
}

/** What a pod can ask about itself, once it has an address. */
export const fieldsOf = (
  { metadata, spec }: Pod,
  address: string,
  node: { name: string; address: string },
): Record<string, string> => ({
  'metadata.name': metadata.name,
  'metadata.namespace': metadata.namespace,
  'metadata.uid': metadata.uid,
  'spec.nodeName': node.name,
  'spec.serviceAccountName': spec.serviceAccountName,
  'status.hostIP': node.address,
  'status.podIP': address,
  'status.podIPs': address,
});

const expanded = (text: string, known: Readonly<Record<string, string>>): string =>
  text.replace(/\$\((\w+)\)/g, (whole, name: string) => known[name] ?? whole);

/** The environment of a container: values as written, fields of its pod, and `$(NAME)` for what stands before. */
export const environmentOf = (
  { env = [] }: Container,
  fields: Readonly<Record<string, string>>,
): Record<string, string> => {
  const known: Record<string, string> = {};
  for (const { name, value, valueFrom } of env) {
    const field = valueFrom?.fieldRef === undefined ? undefined : fields[valueFrom.fieldRef.fieldPath];
    if (value !== undefined) known[name] = expanded(value, known);
    else if (field !== undefined) known[name] = field;
  }
  return known;
};

export const argumentsOf = (
  { args = [] }: Container,
  environment: Readonly<Record<string, string>>,
): readonly string[] => args.map(arg => expanded(arg, environment));

/** A container by its name, wherever it stands: injectors put a sidecar among either kind. */
export const containerOf = ({ spec }: Pod, name: string): Container | undefined =>
  [...(spec.initContainers ?? []), ...spec.containers].find(container => container.name === name);
