/** A gate and its pages, in Istio's words, with what the corpus and the shop lack: dots, overlaps, negations, retries. */
export const scene = `
apiVersion: v1
kind: Service
metadata: { name: pages, namespace: web }
spec:
  selector: { app: pages }
  clusterIP: 10.0.0.1
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata: { name: files, namespace: web }
spec:
  selector: { app: files }
  clusterIP: 10.0.0.2
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pages, namespace: web }
spec:
  selector: { matchLabels: { app: pages } }
  template:
    metadata: { labels: { app: pages, sidecar.istio.io/inject: "true" } }
    spec: { serviceAccountName: pages, containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: files, namespace: web }
spec:
  selector: { matchLabels: { app: files } }
  template:
    metadata: { labels: { app: files, sidecar.istio.io/inject: "true" } }
    spec: { serviceAccountName: files, containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: pages, namespace: web }
spec:
  hosts: [pages]
  http:
    - match: [{ uri: { regex: '/[a-z]+\\.css' } }, { uri: { regex: '/icons/[0-9]+\\.png' } }]
      route: [{ destination: { host: files } }]
    - match: [{ uri: { exact: /about } }]
      route: [{ destination: { host: files }, weight: 30 }, { destination: { host: pages }, weight: 70 }]
    - match: [{ uri: { exact: /news } }]
      timeout: 2s
      retries: { attempts: 3, perTryTimeout: 1s, retryOn: 5xx }
      route: [{ destination: { host: pages } }]
    - match: [{ uri: { prefix: /drafts/ }, headers: { x-editor: { exact: "yes" } } }]
      route: [{ destination: { host: files } }]
    - match: [{ uri: { prefix: /drafts/ } }]
      route: [{ destination: { host: pages } }]
    - route: [{ destination: { host: pages } }]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: web }
spec: { mtls: { mode: STRICT } }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: files, namespace: web }
spec:
  selector: { matchLabels: { app: files } }
  action: ALLOW
  rules:
    - from: [{ source: { principals: [cluster.local/ns/web/sa/pages, cluster.local/ns/web/sa/editor] } }]
      to: [{ operation: { methods: [GET], notPaths: [/private/*] } }]
    - from: [{ source: { namespaces: [editors], notPrincipals: [cluster.local/ns/editors/sa/guest] } }]
`;
