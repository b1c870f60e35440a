import { type Bed, istioBed } from './istio-bed.ts';

const deployment = (id: string, pod = ''): string => {
  const [namespace, name] = id.split('/');
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }${pod}] }
`;
};

const namespace = (name: string, labels = ''): string => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { ${labels} } }
`;

/**
 * Namespace shop in ambient mode, with `web` and its caller `client`; `old` in namespace legacy has a sidecar. `labels`
 * are those of the Service `web`.
 */
export const ambientBed = (yaml: string, labels = ''): Bed =>
  istioBed(
    yaml,
    [
      namespace('istio-system'),
      namespace('shop', 'istio.io/dataplane-mode: ambient'),
      namespace('legacy', 'istio-injection: enabled'),
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: istiod, namespace: istio-system }\nspec: {}\n',
      deployment('shop/web'),
      deployment('shop/client'),
      deployment('legacy/old', ', { name: istio-proxy, image: proxyv2 }'),
      `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
`,
    ].join('---\n'),
  );
