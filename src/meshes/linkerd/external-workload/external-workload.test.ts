import { describe, expect, it } from 'vitest';
import { app, outcomeText, tell } from '../../../../test/support/linkerd-shop.ts';
import { ServiceDirectory } from '../../../model/directory.ts';

const apps = app('web') + app('api');

/** A machine with the labels of `api`, beside its pods, or with labels of its own. */
const machine = (name: string, { labels = `app: ${name}`, annotations = '', spec = '' } = {}): string => `
apiVersion: workload.linkerd.io/v1beta1
kind: ExternalWorkload
metadata: { name: ${name}, namespace: shop, labels: { ${labels} }, annotations: { ${annotations} } }
spec:
  meshTLS: { identity: "spiffe://vms.example/${name}", serverName: ${name}.example }
  ports: [{ name: http, port: 8080 }]
  workloadIPs: [{ ip: 192.0.2.1 }]
  ${spec}
---`;

const service = (name: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, clusterIP: 10.0.0.9, ports: [{ port: 80, targetPort: http }] }
---`;

const server = (spec: string, name = 'guard'): string => `
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: ${name}, namespace: shop }
spec: { ${spec} }
---`;

const letsIn = (identities: string): string => `
apiVersion: policy.linkerd.io/v1alpha1
kind: MeshTLSAuthentication
metadata: { name: callers, namespace: shop }
spec: { identities: [${identities}] }
---
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata: { name: callers, namespace: shop }
spec:
  targetRef: { group: policy.linkerd.io, kind: Server, name: guard }
  requiredAuthenticationRefs: [{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: callers }]
---`;

/** What becomes of requests to a Service: workload by workload where they fare differently, else in one word. */
const ends = (yaml: string, to: string, from = 'shop/web'): readonly string[] => {
  const outcome = tell(apps + yaml).ask(to, { from });
  const servers = outcome.backends.flatMap(backend => backend.servers ?? []);
  if (servers.length > 0) return servers.map(one => `${one.workload} ${one.decision}`);
  return [outcome.decision === 'forwarded' ? 'in' : outcomeText(outcome)];
};

describe('a machine', () => {
  it('is a workload of the mesh with its own labels, ports, addresses and identity', () => {
    const { model, unread, codes } = tell(machine('vm'));
    expect(model.inventory.workloads).toMatchObject([
      {
        id: 'shop/vm',
        isMachine: true,
        labels: { app: 'vm' },
        ports: [{ port: 8080, name: 'http' }],
        identity: { kind: 'spiffe', id: 'spiffe://vms.example/vm' },
        memberships: [{ mode: 'sidecar', certainty: 'requested' }],
        pods: [{ addresses: ['192.0.2.1'] }],
      },
    ]);
    expect(unread).toEqual(['spec.meshTLS.serverName']);
    expect(codes).not.toContain('LINKERD207');
  });

  it('is read in its first version, which spells TLS otherwise', () => {
    const old = machine('vm').replace('v1beta1', 'v1alpha1').replace('meshTLS', 'meshTls');
    expect(tell(old).model.inventory.workloads).toMatchObject([{ identity: { id: 'spiffe://vms.example/vm' } }]);
  });

  it('is behind the Services that select its labels, beside pods that have them', () => {
    const behind = ({ model }: ReturnType<typeof tell>, id: string): readonly string[] => {
      const directory = new ServiceDirectory(model.inventory);
      return directory.workloadsOf(directory.find(id)!.endpoints).map(workload => workload.id);
    };
    expect(behind(tell(machine('vm') + service('vm')), 'shop/vm')).toEqual(['shop/vm']);
    expect(behind(tell(apps + machine('vm', { labels: 'app: api' })), 'shop/api')).toEqual(['shop/api', 'shop/vm']);
  });

  it('without an address is pointed out', () => {
    const bare = machine('vm').replace('workloadIPs: [{ ip: 192.0.2.1 }]', '');
    expect(tell(bare).codes).toContain('LINKERD006');
  });

  it('is not taken for one that an injector passed over', () => {
    const namespace =
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, annotations: { linkerd.io/inject: disabled } }\n---';
    expect(tell(namespace + machine('vm')).model.inventory.workloads[0]?.memberships).toHaveLength(1);
  });
});

describe('a Server', () => {
  const twin = machine('vm', { labels: 'app: api' });

  it('for machines leaves pods with the same labels alone', () => {
    const guarded = twin + server('externalWorkloadSelector: { matchLabels: { app: api } }, port: 8080');
    expect(ends(guarded, 'shop/api')).toEqual(['shop/api forwarded', 'shop/vm denied']);
  });

  it('for pods leaves machines with the same labels alone', () => {
    const guarded = twin + server('podSelector: { matchLabels: { app: api } }, port: 8080');
    expect(ends(guarded, 'shop/api')).toEqual(['shop/api denied', 'shop/vm forwarded']);
  });

  it('for machines selects by expression and by the name of a port', () => {
    const any = 'matchExpressions: [{ key: app, operator: Exists }]';
    expect(ends(twin + server(`externalWorkloadSelector: { ${any} }, port: http`), 'shop/api')).toEqual([
      'shop/api forwarded',
      'shop/vm denied',
    ]);
  });

  it('for machines and one for pods on the same port are no rivals', () => {
    const both =
      server('externalWorkloadSelector: {}, port: 8080') + server('podSelector: {}, port: 8080', 'another-guard');
    expect(tell(apps + twin + both).codes).not.toContain('LINKERD201');
  });

  it('lets a machine in by its whole SPIFFE id, and not as anybody with an identity', () => {
    const caller = machine('caller');
    const onApi = server('podSelector: { matchLabels: { app: api } }, port: 8080');
    const asked = (identities: string, from: string): readonly string[] =>
      ends(caller + onApi + letsIn(identities), 'shop/api', from);
    expect(asked('"*"', 'shop/web')).toEqual(['in']);
    expect(asked('"*"', 'shop/caller')).toEqual(['denied 403']);
    expect(asked('"spiffe://vms.example/caller"', 'shop/caller')).toEqual(['in']);
    expect(asked('"spiffe://vms.example/caller"', 'shop/web')).toEqual(['denied 403']);
  });

  it('lets nobody in by a SPIFFE id that only looks like that of a service account', () => {
    const onApi = server('podSelector: { matchLabels: { app: api } }, port: 8080');
    expect(ends(onApi + letsIn('"spiffe://cluster.local/ns/shop/sa/web"'), 'shop/api')).toEqual(['denied 403']);
  });

  it('that asks for any identity turns machines away', () => {
    const strict = server('podSelector: { matchLabels: { app: api } }, port: 8080, accessPolicy: all-authenticated');
    expect(ends(machine('caller') + strict, 'shop/api', 'shop/caller')).toEqual(['denied 403']);
    expect(ends(machine('caller') + strict, 'shop/api', 'shop/web')).toEqual(['in']);
  });
});

describe('the default policy', () => {
  const deny = 'config.linkerd.io/default-inbound-policy: deny';

  it('of a namespace is for its pods: nobody gives a machine a copy of it', () => {
    const namespace = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, annotations: { ${deny} } }
---`;
    const twin = machine('vm', { labels: 'app: api' });
    expect(ends(namespace + twin, 'shop/api')).toEqual(['shop/api denied', 'shop/vm forwarded']);
  });

  it('of a machine stands on it', () => {
    const guarded = machine('vm', { labels: 'app: api', annotations: deny });
    expect(ends(guarded, 'shop/api')).toEqual(['shop/api forwarded', 'shop/vm denied']);
  });

  it('of the mesh that asks for any identity turns machines away', () => {
    const strict = `
apiVersion: v1
kind: ConfigMap
metadata: { name: linkerd-config, namespace: linkerd }
data:
  values: |
    proxy:
      defaultInboundPolicy: all-authenticated
---`;
    expect(ends(strict + machine('caller'), 'shop/api', 'shop/caller')).toEqual(['denied 403']);
    expect(ends(strict + machine('caller'), 'shop/api', 'shop/web')).toEqual(['in']);
  });
});
