/** Made-up configuration of any size: per service a Service, a DestinationRule with two subsets, a VirtualService with two routes. */
export const shops = (services: number): string => {
  const documents: string[] = [];
  for (let i = 0; i < services; i += 1) {
    const namespace = `team-${i % 50}`;
    const name = `service-${i}`;
    documents.push(`apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  selector:
    app: ${name}
  ports:
    - name: http
      port: 80
      targetPort: 8080
`);
    documents.push(`apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  host: ${name}.${namespace}.svc.cluster.local
  subsets:
    - name: v1
      labels:
        version: v1
    - name: v2
      labels:
        version: v2
`);
    documents.push(`apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  hosts:
    - ${name}.${namespace}.svc.cluster.local
  http:
    - match:
        - headers:
            x-version:
              exact: canary-${i % 7}
      route:
        - destination:
            host: ${name}.${namespace}.svc.cluster.local
            subset: v2
    - timeout: ${1 + (i % 9)}s
      route:
        - destination:
            host: ${name}.${namespace}.svc.cluster.local
            subset: v1
          weight: ${90 - (i % 40)}
        - destination:
            host: ${name}.${namespace}.svc.cluster.local
            subset: v2
          weight: ${10 + (i % 40)}
`);
  }
  return documents.join('---\n');
};
