import { describe, expect, it } from 'vitest';
import { istioBed } from '../../../../test/support/istio-bed.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { adapter as istio } from '../adapter.ts';

const deployment = (id: string, pod: string): string => {
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

const service = (labels = ''): string => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop${labels && `, labels: { ${labels} }`} }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
`;

/** Namespace shop is in ambient mode, with `web` and its callers `client` and `admin`; `legacy/old` has a sidecar. */
const ambientCluster = (labels = ''): string =>
  [
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: istio-system }\n',
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio.io/dataplane-mode: ambient } }\n',
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: legacy, labels: { istio-injection: enabled } }\n',
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: bare }\n',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: istiod, namespace: istio-system }\nspec: {}\n',
    deployment('shop/web', ''),
    deployment('shop/client', ''),
    deployment('shop/admin', ''),
    deployment('legacy/old', ', { name: istio-proxy, image: proxyv2 }'),
    deployment('bare/plain', ''),
    service(labels),
  ].join('---\n');

const waypoint = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: guard, namespace: shop }
spec:
  gatewayClassName: istio-waypoint
  listeners: [{ name: mesh, port: 15008, protocol: HBONE }]
`;

const policy = (spec: string, target: 'selector' | 'service' | 'gateway' = 'selector'): string => {
  const where = {
    selector: 'selector: { matchLabels: { app: web } }',
    service: 'targetRefs: [{ kind: Service, group: "", name: web }]',
    gateway: 'targetRefs: [{ kind: Gateway, group: gateway.networking.k8s.io, name: guard }]',
  }[target];
  return `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: policy, namespace: shop }
spec: { ${where}, ${spec} }
`;
};

const peer = (mode: string): string => `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: ${mode} } }
`;

const bed = (yaml: string) => istioBed(yaml, ambientCluster());
const guarded = (yaml: string) => istioBed(`${waypoint}---${yaml}`, ambientCluster('istio.io/use-waypoint: guard'));
const denyAdmin = 'action: DENY, rules: [{ to: [{ operation: { paths: [/admin] } }] }]';

describe('without a waypoint', () => {
  it('connections between members are encrypted, and STRICT keeps plaintext out', () => {
    expect(bed('').send('shop/client')).toMatchObject({ encrypted: 'mtls', identitySeen: 'shop/client' });
    expect(bed('').status('bare/plain')).toBe(200);
    expect(bed(peer('STRICT')).status('bare/plain')).toBe('reset');
    expect(bed(peer('STRICT')).status('shop/client')).toBe(200);
  });

  it('DISABLE has no meaning, which is said', () => {
    expect(bed(peer('DISABLE')).send('shop/client')).toMatchObject({ encrypted: 'mtls' });
    expect(bed(peer('DISABLE')).status('bare/plain')).toBe(200);
    expect(bed(peer('DISABLE')).codes).toEqual(['ISTIO303']);
  });

  it('a rule about callers works', () => {
    const allowed = bed(policy('rules: [{ from: [{ source: { principals: ["cluster.local/ns/shop/sa/client"] } }] }]'));
    expect(allowed.status('shop/client')).toBe(200);
    expect(allowed.status('shop/admin')).toBe('reset');
    expect(allowed.codes).toEqual([]);
  });

  it('a rule that allows by path allows nobody, which is said', () => {
    const allowing = bed(policy('rules: [{ to: [{ operation: { paths: [/] } }] }]'));
    expect(allowing.status('shop/client')).toBe('reset');
    expect(allowing.codes).toEqual(['ISTIO301']);
    expect(allowing.findings[0]?.message).toContain('allows nobody');
  });

  it('a rule that denies by path alone denies nothing, which is said', () => {
    const denying = bed(policy(denyAdmin));
    expect(denying.status('shop/client', { path: '/admin' })).toBe(200);
    expect(denying.codes).toContain('ISTIO301');
    expect(denying.findings.find(({ code }) => code === 'ISTIO301')?.message).toContain('denies nothing');
  });

  it('a rule that denies callers and, apart from that, a path denies nothing either', () => {
    const rule = 'from: [{ source: { namespaces: [shop] } }], to: [{ operation: { paths: [/admin] } }]';
    expect(bed(policy(`action: DENY, rules: [{ ${rule} }]`)).status('shop/client', { path: '/admin' })).toBe(200);
  });

  it('a rule that denies a path on a port denies the whole port', () => {
    const denying = bed(policy('action: DENY, rules: [{ to: [{ operation: { paths: [/admin], ports: ["8080"] } }] }]'));
    expect(denying.status('shop/client', { path: '/' })).toBe('reset');
    expect(denying.findings.find(({ code }) => code === 'ISTIO301')?.message).toContain('denies more');
  });

  it('trust domains are not looked at beside other conditions, which is said', () => {
    const source = 'source: { namespaces: [shop], trustDomains: [elsewhere.example] }';
    const allowing = bed(policy(`rules: [{ from: [{ ${source} }] }]`));
    expect(allowing.status('shop/client')).toBe(200);
    expect(allowing.codes).toEqual(['ISTIO307']);
    const alone = bed(policy('rules: [{ from: [{ source: { trustDomains: [cluster.local] } }] }]'));
    expect(alone.status('shop/client')).toBe('reset');
  });

  it('an external authoriser is not asked and tokens are not verified, which is said', () => {
    const custom = bed(policy('action: CUSTOM, provider: { name: opa }, rules: [{}]'));
    expect(custom.explain('shop/client').caveats.map(({ code }) => code)).not.toContain('VERIFY005');
    expect(custom.codes).toEqual(['ISTIO302']);
    const tokens = bed(`
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: shop }
spec: { jwtRules: [{ issuer: me }] }
`);
    expect(tokens.codes).toEqual(['ISTIO302']);
    const token = { issuer: 'me', audiences: [], claims: {}, valid: false };
    expect(tokens.status('shop/client', { token })).toBe(200);
  });
});

describe('with a waypoint', () => {
  it('it is found by the label of the service, of the namespace, and not after none', () => {
    const waypointOf = (cluster: string) =>
      istioBed(waypoint, cluster).model.inventory.services.find(({ id }) => id === 'shop/web')?.waypoint;
    expect(waypointOf(ambientCluster('istio.io/use-waypoint: guard'))).toBe('shop/guard');
    const wide = ambientCluster().replace(
      'dataplane-mode: ambient',
      'dataplane-mode: ambient, istio.io/use-waypoint: guard',
    );
    expect(waypointOf(wide)).toBe('shop/guard');
    expect(
      waypointOf(
        wide.replace(
          'name: web, namespace: shop }\nspec: { selector',
          'name: web, namespace: shop, labels: { istio.io/use-waypoint: none } }\nspec: { selector',
        ),
      ),
    ).toBeUndefined();
    expect(waypointOf(ambientCluster())).toBeUndefined();
  });

  it('one that is missing, for other traffic, or closed to the namespace is not used, which is said', () => {
    const why = (gateway: string, cluster = ambientCluster('istio.io/use-waypoint: guard')) => {
      const { model, findings } = istioBed(gateway, cluster);
      expect(model.inventory.services.find(({ id }) => id === 'shop/web')?.waypoint).toBeUndefined();
      return findings.map(({ code, message }) => `${code} ${message.split(': ').at(-1)}`);
    };
    expect(why('')).toEqual(['ISTIO305 there is no such Gateway']);
    const forPods = waypoint.replace(
      'namespace: shop }',
      'namespace: shop, labels: { istio.io/waypoint-for: workload } }',
    );
    expect(why(forPods)).toEqual(['ISTIO305 it is for `workload` traffic']);
    const elsewhere = ambientCluster('istio.io/use-waypoint: guard, istio.io/use-waypoint-namespace: legacy');
    expect(why(waypoint.replace('namespace: shop', 'namespace: legacy'), elsewhere)).toEqual([
      'ISTIO305 it does not admit namespace `shop`',
    ]);
  });

  it('one that pods ask for is passed by nothing that is sent to their services, which is said', () => {
    const own = ambientCluster().replace('labels: { app: web }', 'labels: { app: web, istio.io/use-waypoint: guard }');
    const bed = istioBed(`${waypoint}---${policy(denyAdmin, 'gateway')}`, own);
    expect(bed.status('shop/client', { path: '/admin' })).toBe(200);
    expect(bed.codes).toContain('ISTIO310');
    const opted = own.replace('use-waypoint: guard', 'use-waypoint: none');
    expect(istioBed(waypoint, opted).codes).toEqual([]);
  });

  it('what a DestinationRule says of mesh TLS is nothing to it, and other TLS goes inside', () => {
    const rule = (tls: string) => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web.shop.svc.cluster.local, trafficPolicy: { tls: { mode: ${tls} } } }
`;
    for (const mode of ['DISABLE', 'ISTIO_MUTUAL', 'SIMPLE'])
      expect(guarded(`${rule(mode)}---${peer('STRICT')}`).send('shop/client')).toMatchObject({
        decision: 'forwarded',
        encrypted: 'mtls',
      });
    const bare = ambientCluster('istio.io/use-waypoint: guard').replace(
      'labels: { app: web }',
      'labels: { app: web, istio.io/dataplane-mode: none }',
    );
    const sent = istioBed(`${waypoint}---${rule('ISTIO_MUTUAL')}`, bare).send('shop/client');
    expect(sent).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
  });

  it('a policy for the service is enforced at the waypoint, by path and by caller', () => {
    const denying = guarded(policy(denyAdmin, 'service'));
    expect(denying.status('shop/client', { path: '/admin' })).toBe(403);
    expect(denying.status('shop/client', { path: '/' })).toBe(200);
    const allow = 'rules: [{ from: [{ source: { principals: ["cluster.local/ns/shop/sa/client"] } }] }]';
    for (const target of ['service', 'gateway'] as const) {
      const allowing = guarded(policy(allow, target));
      expect(allowing.status('shop/client')).toBe(200);
      expect(allowing.status('shop/admin')).toBe(403);
    }
  });

  it('the server sees the waypoint, so its own rules about callers do not fit, which is said', () => {
    const allow = 'rules: [{ from: [{ source: { principals: ["cluster.local/ns/shop/sa/client"] } }] }]';
    const own = guarded(policy(allow));
    expect(own.status('shop/client')).toBe('reset');
    expect(own.codes).toEqual(['ISTIO306']);
    const deny = guarded(policy(`action: DENY, ${allow}`));
    expect(deny.status('shop/client')).toBe(200);
    expect(deny.codes).toContain('ISTIO306');
    const waypointOnly = allow.replace('sa/client', 'sa/guard');
    expect(guarded(policy(waypointOnly)).status('shop/client')).toBe(200);
    expect(guarded(policy(waypointOnly)).codes).toEqual([]);
  });

  it('a caller with a sidecar goes past it, which is said and shown', () => {
    const denying = guarded(policy(denyAdmin, 'service'));
    expect(denying.status('legacy/old', { path: '/admin' })).toBe(200);
    expect(denying.explain('legacy/old').caveats.map(({ code }) => code)).toContain('VERIFY004');
    expect(denying.codes).toContain('ISTIO304');
  });

  it('policies with a selector do not act at it, and tokens are verified there with targetRefs', () => {
    expect(guarded(policy(denyAdmin)).status('shop/client', { path: '/admin' })).toBe(200);
    const tokens = guarded(`
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: shop }
spec: { targetRefs: [{ kind: Service, group: "", name: web }], jwtRules: [{ issuer: me }] }
`);
    const token = { issuer: 'me', audiences: [], claims: {}, valid: false };
    expect(tokens.status('shop/client', { token })).toBe(401);
    expect(tokens.codes).toEqual([]);
  });

  it('a policy for all waypoints must be in the root namespace', () => {
    const classPolicy = (namespace: string) => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: all, namespace: ${namespace} }
spec:
  targetRefs: [{ kind: GatewayClass, group: gateway.networking.k8s.io, name: istio-waypoint }]
  action: DENY
  rules: [{ to: [{ operation: { paths: [/admin] } }] }]
`;
    expect(guarded(classPolicy('istio-system')).status('shop/client', { path: '/admin' })).toBe(403);
    const wrong = guarded(classPolicy('shop'));
    expect(wrong.status('shop/client', { path: '/admin' })).toBe(200);
    expect(wrong.codes).toEqual(['ISTIO213']);
  });

  it('gateways pass it only if the service or its namespace says so', () => {
    const passes = (labels: string) =>
      istioBed(waypoint, ambientCluster(`istio.io/use-waypoint: guard${labels}`)).model.inventory.services.find(
        ({ id }) => id === 'shop/web',
      )?.waypointAtIngress;
    expect(passes('')).toBeUndefined();
    expect(passes(', istio.io/ingress-use-waypoint: "true"')).toBe(true);
  });

  it('a policy for a service without a waypoint acts nowhere, which is said', () => {
    const open = bed(policy(denyAdmin, 'service'));
    expect(open.status('shop/client', { path: '/admin' })).toBe(200);
    expect(open.codes).toContain('ISTIO213');
  });

  it('rules about where a connection comes from take nobody there, and what a caller forwards is believed', () => {
    const from = (source: string) => `rules: [{ from: [{ source: { ${source} } }] }]`;
    const asked = { address: '10.1.0.1' };
    const denying = guarded(policy(`action: DENY, ${from('ipBlocks: ["0.0.0.0/0"]')}`, 'service'));
    expect(denying.status('shop/client', asked)).toBe(200);
    expect(denying.codes).toEqual(['ISTIO304', 'ISTIO308']);
    expect(guarded(policy(from('notIpBlocks: ["10.0.0.0/8"]'), 'service')).status('shop/client', asked)).toBe(200);
    const remote = guarded(policy(from('remoteIpBlocks: ["192.0.2.0/24"]'), 'service'));
    expect(remote.status('shop/client', asked)).toBe(403);
    expect(remote.status('shop/client', { ...asked, headers: [['x-forwarded-for', '192.0.2.7']] })).toBe(200);
    expect(remote.codes).toEqual(['ISTIO304']);
  });
});

it('ports in a policy at a waypoint are those of the service', () => {
  const on = (port: number) => `rules: [{ to: [{ operation: { ports: ["${port}"] } }] }]`;
  const own = guarded(policy(on(80), 'service'));
  expect(own.status('shop/client')).toBe(200);
  expect(own.codes).toEqual(['ISTIO304']);
  expect(guarded(policy(on(8080), 'service')).status('shop/client')).toBe(403);
});

describe('routes at a waypoint', () => {
  const answering = (name: string, status: number, match: string, namespace = 'shop') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace} }
spec: { hosts: [web.shop.svc.cluster.local], http: [{ match: [{ ${match} }], directResponse: { status: ${status} } }] }
`;
  const statusOf = (bed: ReturnType<typeof guarded>, caller: string) => (path: string) => bed.status(caller, { path });

  it('of several objects add up, and sidecars take the first', () => {
    const both = guarded(
      `${answering('a', 201, 'uri: { prefix: /a }')}---${answering('b', 202, 'uri: { prefix: / }')}`,
    );
    expect(['/a', '/b'].map(statusOf(both, 'shop/client'))).toEqual([201, 202]);
    expect(['/a', '/b'].map(statusOf(both, 'legacy/old'))).toEqual([201, 404]);
    expect(both.codes).toContain('ISTIO309');
    const route = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: z, namespace: shop, creationTimestamp: "2026-01-02T00:00:00Z" }
spec:
  parentRefs: [{ group: "", kind: Service, name: web, port: 80 }]
  rules: [{ matches: [{ path: { value: /r } }], filters: [{ type: RequestRedirect, requestRedirect: { hostname: r.example } }] }]
`;
    const mixed = guarded(`${answering('a', 201, 'uri: { prefix: /a }')}---${route}`);
    expect(['/a', '/r', '/x'].map(statusOf(mixed, 'shop/client'))).toEqual([201, 302, 404]);
    const wide = guarded(`${answering('a', 201, 'uri: { prefix: / }')}---${route}`);
    expect(['/a', '/r', '/x'].map(statusOf(wide, 'shop/client'))).toEqual([201, 302, 201]);
  });

  it('that answer set the headers of the answer', () => {
    const answer = 'directResponse: { status: 410 }, headers: { response: { set: { x-one: set } } }';
    const own = guarded(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a, namespace: shop }
spec: { hosts: [web.shop.svc.cluster.local], http: [{ ${answer} }] }
`);
    expect(own.send('shop/client')).toMatchObject({ status: 410, responseHeaders: { set: { 'x-one': 'set' } } });
  });

  it('do not ask for the labels of callers', () => {
    const labelled = guarded(answering('a', 201, 'sourceLabels: { app: client }'));
    expect(labelled.status('shop/client')).toBe(200);
    expect(labelled.codes).toEqual([]);
    const named = guarded(answering('a', 201, 'gateways: [mesh], sourceLabels: { app: client }'));
    expect(named.status('shop/client')).toBe(200);
    expect(named.status('legacy/old')).toBe(201);
    expect(named.findings.find(({ code }) => code === 'ISTIO309')?.message).toContain('none of these routes');
  });

  it('are those of the namespaces of the service and of the waypoint', () => {
    const foreign = guarded(answering('a', 201, 'uri: { prefix: / }', 'legacy'));
    expect(foreign.status('shop/client')).toBe(200);
    expect(foreign.status('legacy/old')).toBe(201);
  });

  it('are the same tables as those of sidecars where one object routes', () => {
    const { model, findings } = guarded(answering('a', 201, 'uri: { prefix: / }'));
    expect(model.frontends.filter(({ clients }) => clients.gateway !== undefined)).toEqual([]);
    expect(findings.map(({ code }) => code)).not.toContain('ISTIO309');
  });

  it('that a waypoint alone has are carried nowhere, which is told', () => {
    const { model } = guarded(
      `${answering('a', 201, 'uri: { prefix: /a }')}---${answering('b', 202, 'uri: { prefix: / }')}`,
    );
    const lost = istio
      .write(model, { mesh: model.meshes[0] ?? istio.assume(), snapshot: new Snapshot([], 'partial') })
      .dispositions.flatMap(({ loss }) => (loss?.code === 'waypoint-table' ? [loss.code] : []));
    expect(lost.length).toBeGreaterThan(0);
  });
});

describe('connections at a waypoint', () => {
  const sealed = (name: string, more: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec: { hosts: [web.shop.svc.cluster.local], ${more} }
`;
  const to = (host: string) => `route: [{ destination: { host: ${host}.shop.svc.cluster.local } }]`;
  const ports = '{ name: http, port: 80, targetPort: 8080 }, { name: tcp, port: 9000 }, { name: tls, port: 9443 }';
  const admin = `
apiVersion: v1
kind: Service
metadata: { name: admin, namespace: shop }
spec: { selector: { app: admin }, ports: [${ports}] }
`;
  const cluster = ambientCluster('istio.io/use-waypoint: guard').replace(
    '{ name: http, port: 80, targetPort: 8080 }',
    ports,
  );
  type Asked = { port: number; protocol: 'tcp' | 'tls'; sni?: string; caller?: string };
  const reached = (yaml: string, { port, caller = 'shop/client', ...ask }: Asked) =>
    istioBed(`${waypoint}---${admin}---${yaml}`, cluster)
      .send(caller, { ...ask, to: { service: 'shop/web', port } })
      .backends.map(({ service }) => service);
  const own = 'web.shop.svc.cluster.local';

  it('go by the rules for the own name, whatever name they bear and on every port of bytes', () => {
    const routed = sealed('a', `tls: [{ match: [{ sniHosts: [${own}] }], ${to('admin')} }]`);
    for (const sni of [own, 'other.example'])
      expect(reached(routed, { port: 9443, protocol: 'tls', sni })).toEqual(['shop/admin']);
    expect(reached(routed, { port: 9443, protocol: 'tcp' })).toEqual(['shop/admin']);
    expect(reached(routed, { port: 9000, protocol: 'tcp' })).toEqual(['shop/admin']);
    expect(reached(routed, { port: 9000, protocol: 'tcp', caller: 'legacy/old' })).toEqual(['shop/web']);
  });

  it('do not go by rules for other names, several names, or callers', () => {
    for (const match of [
      'sniHosts: [other.example]',
      `sniHosts: [${own}, other.example]`,
      'sniHosts: ["*.shop.svc.cluster.local"]',
      `sniHosts: [${own}], sourceNamespace: shop`,
      `sniHosts: [${own}], port: 443`,
    ]) {
      const routed = sealed('a', `tls: [{ match: [{ ${match} }], ${to('admin')} }]`);
      expect([match, ...reached(routed, { port: 9443, protocol: 'tls', sni: own })]).toEqual([match, 'shop/web']);
    }
  });

  it('go by the rules for bytes where there are none for the own name, on ports for TLS too', () => {
    const routed = sealed(
      'a',
      `tcp: [{ ${to('admin')} }], tls: [{ match: [{ sniHosts: [a.example] }], ${to('web')} }]`,
    );
    expect(reached(routed, { port: 9443, protocol: 'tls', sni: 'a.example' })).toEqual(['shop/admin']);
    const both = sealed('a', `tcp: [{ ${to('admin')} }], tls: [{ match: [{ sniHosts: [${own}] }], ${to('web')} }]`);
    expect(reached(both, { port: 9000, protocol: 'tcp' })).toEqual(['shop/web']);
  });
});
