/** Which server names lead where, as proxies of the test bed were seen to do it (Istio 1.31 dev). */
import { describe, expect, it } from 'vitest';
import { readWith } from '../../../../test/laws/reading.ts';
import { worldObjects } from '../../../../test/laws/world.ts';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import { requestOf, worldOf } from '../../../verify/request.ts';
import { simulate } from '../../../verify/simulate.ts';
import { adapter } from '../adapter.ts';

const rule = (names: string, host: string): string =>
  `{ match: [{ sniHosts: [${names}] }], route: [{ destination: { host: ${host}, port: { number: 443 } } }] }`;

const routes = (...rules: readonly string[]): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ledger, namespace: shop }
spec: { hosts: [ledger, "*.example"], tls: [${rules.join(', ')}] }
`;

const sealed = (sni: string) => requestOf({ protocol: 'tls', scheme: 'https', sni });

const outcomeFor = (sent: string | ReturnType<typeof requestOf>, ...documents: readonly string[]) => {
  const { model } = readWith(adapter, [...worldObjects, ...objectsFrom(documents.join('---'))]);
  const workload = model.inventory.workloads.find(({ labels }) => labels.app === 'web');
  if (!workload) throw new Error('nobody calls');
  const { namespace, name, labels, serviceAccount } = workload;
  return simulate(worldOf(model), {
    caller: { kind: 'workload', namespace, name, labels, serviceAccount },
    to: { service: 'shop/ledger', port: 443 },
    request: typeof sent === 'string' ? sealed(sent) : sent,
  });
};

describe('routes by server name', () => {
  it('the most specific name wins, wherever its rule stands', () => {
    const document = routes(rule('"*.example"', 'reviews'), rule('a.example', 'ledger'));
    const ends = ['a.example', 'b.example'].map(sni => outcomeFor(sni, document).outcome.backends[0]?.service);
    expect(ends).toEqual(['shop/ledger', 'reviews']);
  });

  it('what none takes goes where it was dialled, and nothing of the mesh is around it', () => {
    const { outcome, hops } = outcomeFor('other.test', routes(rule('a.example', 'reviews')));
    expect(outcome).toMatchObject({ decision: 'forwarded', backends: [{ service: 'shop/ledger' }] });
    expect(outcome.identitySeen).toBeUndefined();
    expect(hops[0]?.decisions.at(-1)?.capability).toBe('egress-default');
  });

  it('neither do they take what comes without TLS, which goes the same way', () => {
    const bytes = requestOf({ protocol: 'tcp' });
    const last = (document: string) => outcomeFor(bytes, document).hops[0]?.decisions.at(-1)?.capability;
    expect(last(routes(rule('a.example', 'reviews')))).toBe('egress-default');
    expect(last('')).not.toBe('egress-default');
  });

  it('without any, the service is found as it is', () => {
    const { outcome } = outcomeFor('other.test');
    expect(outcome).toMatchObject({ decision: 'forwarded', backends: [{ service: 'shop/ledger' }] });
    expect(outcome.identitySeen).toBe('shop/web');
  });
});
