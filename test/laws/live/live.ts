/** Configuration in which the fields of a native kind are set and matter. */
export interface Live {
  readonly group: string;
  readonly kind: string;
  /**
   * Each is one small world as YAML: the objects of the kind, and the services, workloads and other objects without
   * which their fields would do nothing.
   */
  readonly scenes: readonly string[];
  /** By path, as in the tables of fields: values that matter there, where none can be made up from the field's type. */
  readonly others?: Readonly<Record<string, readonly unknown[]>>;
}

/** A Service with a Deployment of one version behind it, whose pods run as an account of the same name. */
export const application = (name: string, options: ApplicationOptions = {}): string => {
  const { namespace = 'shop', port = 80, portName = 'http', versions = ['v1'], more = '', address } = options;
  const service = `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { app: ${name} }${address === undefined ? '' : `\n  clusterIP: ${address}`}
  ports: [{ name: ${portName}, port: ${port}, targetPort: 8080 }${more}]
`;
  const deployments = versions.map(
    version => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}-${version}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name}, version: ${version} } }
  template:
    metadata: { labels: { app: ${name}, version: ${version} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: app, image: app, ports: [{ name: http, containerPort: 8080 }, { name: admin, containerPort: 9090 }] }]
`,
  );
  return [service, ...deployments].join('---');
};

interface ApplicationOptions {
  readonly namespace?: string;
  readonly port?: number;
  readonly portName?: string;
  readonly versions?: readonly string[];
  /** The virtual address. */
  readonly address?: string;
  /** Further ports, as flow elements after a comma. */
  readonly more?: string;
}

/** Documents in one stream. */
export const scene = (...documents: readonly string[]): string => documents.join('\n---\n');
