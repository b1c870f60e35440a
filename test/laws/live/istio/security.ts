import { application, type Live, scene } from '../live.ts';

const shop = scene(
  application('web'),
  application('cart', { versions: ['v1', 'v2'], more: ', { name: http-admin, port: 9090, targetPort: 9090 }' }),
  application('crawler', { namespace: 'outside' }),
);

const object = (kind: string, name: string, spec: string): string => `
apiVersion: security.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
${spec}
`;

export const peerAuthenticationLive: Live = {
  group: 'security.istio.io',
  kind: 'PeerAuthentication',
  scenes: [
    object(
      'PeerAuthentication',
      'cart',
      `
  selector: { matchLabels: { app: cart } }
  mtls: { mode: STRICT }
  portLevelMtls: { 9090: { mode: PERMISSIVE } }
`,
    ),
  ].map(documents => scene(shop, documents)),
  others: { 'spec.selector.matchLabels{}': ['web'] },
};

/** A waypoint in front of the namespace, for what a policy can be attached to. */
const waypoint = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: waypoint, namespace: shop, labels: { istio.io/waypoint-for: service } }
spec:
  gatewayClassName: istio-waypoint
  listeners: [{ name: mesh, port: 15008, protocol: HBONE }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: other-waypoint, namespace: shop }
spec:
  gatewayClassName: istio-waypoint
  listeners: [{ name: mesh, port: 15008, protocol: HBONE }]
`;

const jwtRule = (more: string): string => `{ issuer: "https://id.example", ${more} }`;

const requestAuthentication = (rule: string, at = 'selector: { matchLabels: { app: cart } }'): string =>
  scene(
    object('RequestAuthentication', 'cart', `  ${at}\n  jwtRules:\n    - ${rule}`),
    object(
      'AuthorizationPolicy',
      'cart',
      '  selector: { matchLabels: { app: cart } }\n  rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }]',
    ),
  );

const targetRef = '{ group: "", kind: Service, name: cart }';
const gatewayRef = '{ group: gateway.networking.k8s.io, kind: Gateway, name: waypoint }';

export const requestAuthenticationLive: Live = {
  group: 'security.istio.io',
  kind: 'RequestAuthentication',
  scenes: [
    requestAuthentication(
      jwtRule(
        'jwksUri: "https://id.example/keys", audiences: [shop], fromHeaders: [{ name: x-token, prefix: "Token " }], fromParams: [token], timeout: 5s',
      ),
    ),
    requestAuthentication(
      jwtRule(
        `jwks: '{"keys":[]}', fromCookies: [token], forwardOriginalToken: true, outputPayloadToHeader: x-payload, outputClaimToHeaders: [{ header: x-sub, claim: sub }], spaceDelimitedClaims: [groups]`,
      ),
    ),
    requestAuthentication(jwtRule('jwks_uri: "https://id.example/keys"')),
    scene(waypoint, requestAuthentication(jwtRule('presence: REQUIRED'), `targetRef: ${targetRef}`)),
    scene(waypoint, requestAuthentication(jwtRule('audiences: [shop]'), `targetRefs: [${targetRef}]`)),
    scene(waypoint, requestAuthentication(jwtRule('audiences: [shop]'), `targetRef: ${gatewayRef}`)),
    scene(waypoint, requestAuthentication(jwtRule('audiences: [shop]'), `targetRefs: [${gatewayRef}]`)),
  ].map(documents => scene(shop, documents)),
  others: {
    'spec.selector.matchLabels{}': ['web'],
    'spec.targetRef.name': ['web', 'other-waypoint'],
    'spec.targetRefs[].name': ['web', 'other-waypoint'],
  },
};

const policy = (rules: string, more = 'selector: { matchLabels: { app: cart } }'): string =>
  object('AuthorizationPolicy', 'cart', `  ${more}\n  rules:\n${rules}`);

const from = (source: string): string => policy(`    - from: [{ source: ${source} }]`);
const to = (operation: string): string => policy(`    - to: [{ operation: ${operation} }]`);

export const authorizationPolicyLive: Live = {
  group: 'security.istio.io',
  kind: 'AuthorizationPolicy',
  scenes: [
    from('{ principals: [cluster.local/ns/shop/sa/web] }'),
    from('{ notPrincipals: [cluster.local/ns/shop/sa/web] }'),
    from('{ namespaces: [shop] }'),
    from('{ notNamespaces: [shop] }'),
    from('{ serviceAccounts: [shop/web] }'),
    from('{ notServiceAccounts: [shop/web] }'),
    from('{ trustDomains: [cluster.local] }'),
    from('{ notTrustDomains: [cluster.local] }'),
    from('{ ipBlocks: [10.0.0.0/16] }'),
    from('{ notIpBlocks: [10.0.0.0/16] }'),
    from('{ remoteIpBlocks: [10.0.0.0/16] }'),
    from('{ notRemoteIpBlocks: [10.0.0.0/16] }'),
    scene(
      from('{ requestPrincipals: ["https://id.example/*"] }'),
      object(
        'RequestAuthentication',
        'cart',
        '  selector: { matchLabels: { app: cart } }\n  jwtRules: [{ issuer: "https://id.example" }]',
      ),
    ),
    scene(
      from('{ notRequestPrincipals: ["https://id.example/*"] }'),
      object(
        'RequestAuthentication',
        'cart',
        '  selector: { matchLabels: { app: cart } }\n  jwtRules: [{ issuer: "https://id.example" }]',
      ),
    ),
    to('{ hosts: [cart.shop.svc.cluster.local] }'),
    to('{ notHosts: [cart.shop.svc.cluster.local] }'),
    to('{ ports: ["8080"] }'),
    to('{ notPorts: ["8080"] }'),
    to('{ methods: [GET] }'),
    to('{ notMethods: [GET] }'),
    to('{ paths: [/cart] }'),
    to('{ notPaths: [/cart] }'),
    policy('    - when: [{ key: "request.headers[x-user]", values: [ada] }]'),
    policy('    - when: [{ key: "request.headers[x-user]", notValues: [ada] }]'),
    policy(
      '    - from: [{ source: { namespaces: [outside] } }]',
      'action: DENY\n  selector: { matchLabels: { app: cart } }',
    ),
    policy('    - to: [{ operation: { paths: [/cart] } }]', 'action: CUSTOM\n  provider: { name: guard }'),
    ...['targetRef: ', 'targetRefs: '].flatMap(name =>
      [targetRef, gatewayRef].map(reference =>
        scene(
          waypoint,
          policy(
            '    - to: [{ operation: { methods: [GET] } }]',
            name + (name === 'targetRefs: ' ? `[${reference}]` : reference),
          ),
        ),
      ),
    ),
  ].map(documents => scene(shop, documents)),
  others: {
    'spec.selector.matchLabels{}': ['web'],
    'spec.rules[].to[].operation.hosts[]': ['other.example'],
    'spec.rules[].to[].operation.ports[]': ['9090'],
    'spec.rules[].to[].operation.methods[]': ['POST'],
    'spec.rules[].to[].operation.notMethods[]': ['POST'],
    'spec.rules[].when[].key': ['request.headers[x-other]'],
    'spec.targetRef.name': ['web', 'other-waypoint'],
    'spec.targetRefs[].name': ['web', 'other-waypoint'],
  },
};
