import { describe, expect, it } from 'vitest';
import { objectsFrom } from '../../../../../test/support/snapshot.ts';
import { written } from '../../../../base/source.ts';
import type { EncryptionMode, PeerEncryption } from '../../../../model/capabilities/encryption.ts';
import { assemble } from '../../../../model/model.ts';
import type { ServerScope } from '../../../../model/scope.ts';
import { readKubernetes } from '../../../../native/kubernetes/read-kubernetes.ts';
import { Snapshot } from '../../../../native/snapshot.ts';
import { adapter } from '../../adapter.ts';

const deployment = (name: string, annotations: Readonly<Record<string, string>>): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }, annotations: ${JSON.stringify({ 'linkerd.io/inject': 'enabled', ...annotations })} }
    spec: { containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
`;

const mesh = adapter.assume();

const encryption = (id: string, scope: ServerScope, mode: EncryptionMode): PeerEncryption => ({
  id,
  scope: { mesh: mesh.id, namespaces: ['shop'], ...scope },
  mode: written(mode),
});

/** The Servers that are written where `cart` and `web` run, the annotations of `cart` as given. */
const serversFor = (
  wishes: readonly PeerEncryption[],
  annotations: Readonly<Record<string, string>> = {},
): readonly unknown[] => {
  const snapshot = new Snapshot(objectsFrom([deployment('cart', annotations), deployment('web', {})].join('---')));
  const { inventory } = readKubernetes(snapshot);
  const { part, ...read } = adapter.read({ snapshot, inventory, meshes: [mesh], others: [] });
  const model = { ...assemble(read.inventory, [part]), encryption: wishes };
  const { objects } = adapter.write(model, { mesh, snapshot });
  return objects.filter(({ kind }) => kind === 'Server').map(({ metadata, spec }) => ({ name: metadata.name, spec }));
};

const everywhere = encryption('everywhere', { ports: [8080] }, 'strict');

describe('Servers', () => {
  it('of fewer pods are not written beside one of more that says the same: it would act in their place', () => {
    const ofCart = [
      encryption('cart', { labels: { app: 'cart' }, ports: [8080] }, 'strict'),
      encryption('other ports of cart', { labels: { app: 'cart' } }, 'permissive'),
    ];
    expect(serversFor([...ofCart, everywhere])).toEqual([
      { name: 'all-8080', spec: { podSelector: {}, port: 8080, accessPolicy: 'all-authenticated' } },
    ]);
  });

  it('take no port for bytes, or for anything else, that some of their pods have otherwise', () => {
    expect(serversFor([everywhere], { 'config.linkerd.io/opaque-ports': '8080' })).toMatchObject([
      { name: 'cart-8080', spec: { podSelector: { matchLabels: { app: 'cart' } }, proxyProtocol: 'opaque' } },
      { name: 'web-8080', spec: { podSelector: { matchLabels: { app: 'web' } } } },
    ]);
  });
});
