import { describe, expect, it } from 'vitest';
import { istioBed } from '../../../../test/support/istio-bed.ts';

/** A PeerAuthentication as `namespace/name`, with its spec. */
const peer = (id: string, spec: string, created = ''): string => {
  const [namespace, name] = id.split('/');
  return `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: ${namespace}${created && `, creationTimestamp: "${created}"`} }
spec: ${spec}
`;
};

const strict = '{ mtls: { mode: STRICT } }';
const permissive = '{ mtls: { mode: PERMISSIVE } }';
const forWeb = (rest: string) => `{ selector: { matchLabels: { app: web } }, ${rest} }`;

const destinationRule = (mode: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web.shop.svc.cluster.local, trafficPolicy: { tls: { mode: ${mode} } } }
`;

describe('section 13: PeerAuthentication', () => {
  it('13.1 without one everybody gets in', () => {
    const bed = istioBed('');
    expect(bed.status('shop/client')).toBe(200);
    expect(bed.status('other/client2')).toBe(200);
    expect(bed.status('bare/plain')).toBe(200);
    expect(bed.send('shop/client').encrypted).toBe('mtls');
    expect(bed.send('bare/plain').encrypted).toBe('plaintext');
  });

  it('13.2 STRICT in the root namespace resets plaintext callers everywhere', () => {
    const bed = istioBed(peer('istio-system/default', strict));
    expect(bed.status('bare/plain')).toBe('reset');
    expect(bed.status('shop/client')).toBe(200);
  });

  it('13.3 a namespace overrides the mesh, and UNSET or nothing inherits', () => {
    const root = peer('istio-system/default', strict);
    const status = (spec: string) => istioBed(`${root}---${peer('shop/default', spec)}`).status('bare/plain');
    expect(status(permissive)).toBe(200);
    expect(status('{ mtls: { mode: UNSET } }')).toBe('reset');
    expect(status('{}')).toBe('reset');
  });

  it('13.4 a workload overrides its namespace, and towards DISABLE clients send plaintext', () => {
    const with_ = (spec: string) => istioBed(`${peer('shop/default', strict)}---${peer('shop/web', forWeb(spec))}`);
    expect(with_('mtls: { mode: PERMISSIVE }').status('bare/plain')).toBe(200);
    const disabled = with_('mtls: { mode: DISABLE }').send('shop/client');
    expect(disabled).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    expect(disabled.identitySeen).toBeUndefined();
  });

  it('13.5 modes for ports go by container port; a service port is ignored, which is said', () => {
    const root = peer('shop/default', strict);
    const port = (number: number) =>
      istioBed(`${root}---${peer('shop/web', forWeb(`portLevelMtls: { ${number}: { mode: PERMISSIVE } }`))}`);
    expect(port(8080).status('bare/plain')).toBe(200);
    expect(port(8080).codes).toEqual([]);
    expect(port(80).status('bare/plain')).toBe('reset');
    expect(port(80).codes).toEqual(['ISTIO201']);
  });

  it('13.6 a selector in the root namespace makes it apply to nobody, which is said', () => {
    const bed = istioBed(peer('istio-system/web', forWeb('mtls: { mode: STRICT }')));
    expect(bed.status('bare/plain')).toBe(200);
    expect(bed.codes).toEqual(['ISTIO202']);
  });

  it('13.7 of two on one level the older counts, whichever comes first', () => {
    const early = '2026-01-01T00:00:00Z';
    const late = '2026-02-01T00:00:00Z';
    for (const spec of ['{ %s }', forWeb('%s')]) {
      const older = peer('shop/z', spec.replace('%s', 'mtls: { mode: STRICT }'), early);
      const newer = peer('shop/a', spec.replace('%s', 'mtls: { mode: PERMISSIVE }'), late);
      for (const yaml of [`${older}---${newer}`, `${newer}---${older}`]) {
        const bed = istioBed(yaml);
        expect(bed.status('bare/plain')).toBe('reset');
        expect(bed.codes).toEqual(['ISTIO203']);
      }
    }
  });

  it('13.8 a DestinationRule that switches TLS off meets STRICT with 503, and PERMISSIVE without an identity', () => {
    const server = (mode: string, tls: string) =>
      istioBed(`${peer('shop/default', `{ mtls: { mode: ${mode} } }`)}---${destinationRule(tls)}`);
    expect(server('STRICT', 'DISABLE').status('shop/client')).toBe(503);
    expect(server('STRICT', 'DISABLE').codes).toEqual(['ISTIO212']);
    const open = server('PERMISSIVE', 'DISABLE').send('shop/client');
    expect(open).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    expect(open.identitySeen).toBeUndefined();
    expect(server('DISABLE', 'ISTIO_MUTUAL').status('shop/client')).toBe(503);
    expect(server('DISABLE', 'ISTIO_MUTUAL').codes).toEqual(['ISTIO212']);
    expect(server('PERMISSIVE', 'DISABLE').codes).toEqual([]);
  });

  it('13.9 and 18.8 plaintext reaches a TCP port under PERMISSIVE', () => {
    expect(istioBed('').send('bare/plain', { protocol: 'tcp' })).toMatchObject({
      decision: 'forwarded',
      encrypted: 'plaintext',
    });
  });
});
