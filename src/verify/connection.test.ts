import { describe, expect, it } from 'vitest';
import { written } from '../base/source.ts';
import type { DestinationSettings } from '../model/capabilities/destination.ts';
import type { EncryptionMode } from '../model/capabilities/encryption.ts';
import type { UpstreamTls } from '../model/capabilities/upstream-tls.ts';
import type { ModelPart } from '../model/model.ts';
import type { Outcome } from './outcome.ts';
import { type Caller, requestOf, worldOf } from './request.ts';
import { simulate } from './simulate.ts';
import {
  at,
  bareWorkload,
  callerOf,
  encryption,
  memberOf,
  mesh,
  modelOf,
  port,
  service,
  workload,
} from './testing/model-builder.ts';

const client = workload('shop/client');
const plain = bareWorkload('shop/plain');
const inventory = {
  workloads: [client, plain, workload('shop/web')],
  services: [
    service('shop/web', { ports: [port(80), port(9000, 'tcp', 9000)] }),
    service('bank.example', {
      id: 'bank.example',
      hosts: ['bank.example'],
      external: true,
      ports: [port(443, 'https', 443), port(80)],
      endpoints: { kind: 'addresses', addresses: ['bank.example'] },
    }),
  ],
};

const towards = (mode: UpstreamTls['mode']['value'], target: DestinationSettings['target']): DestinationSettings => ({
  id: `tls-${mode}`,
  clients: {},
  target,
  tls: { mode: written(mode, at('settings')) },
});

const outcome = (part: ModelPart, caller: Caller, to = 'shop/web', dialled?: number): Outcome =>
  simulate(worldOf(modelOf(inventory, part)), {
    caller,
    to: { service: to, ...(dialled === undefined ? {} : { port: dialled }) },
    request: requestOf(),
  }).outcome;

const fromClient = (part: ModelPart) => outcome(part, callerOf(client));
const fromPlain = (part: ModelPart) => outcome(part, callerOf(plain));

describe('encryption between two workloads', () => {
  it('is mesh mTLS between two proxies of one mesh, and plain for others, where nothing is said (observed 13.1)', () => {
    expect(fromClient({})).toMatchObject({ decision: 'forwarded', encrypted: 'mtls', identitySeen: 'shop/client' });
    const bare = fromPlain({});
    expect(bare).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    expect(bare.identitySeen).toBeUndefined();
  });

  it('strict: a bare caller sees a reset without an answer (observed 13.2)', () => {
    const part = { encryption: [encryption('strict')] };
    expect(fromClient(part)).toMatchObject({ decision: 'forwarded', encrypted: 'mtls' });
    expect(fromPlain(part)).toMatchObject({ decision: 'reset' });
    expect(fromPlain(part).status).toBeUndefined();
  });

  it('strict: some meshes let the connection stand and deny what comes on it', () => {
    const { sidecar } = mesh().dataPlanes;
    const answering = mesh({ dataPlanes: { sidecar: { ...sidecar!, refusesPlaintextBy: 'status' } } });
    const model = modelOf(inventory, { encryption: [encryption('strict')] }, [answering]);
    const ask = { caller: callerOf(plain), to: { service: 'shop/web' }, request: requestOf() };
    expect(simulate(worldOf(model), ask).outcome).toMatchObject({ decision: 'denied', status: 403 });
  });

  it('takes the first mode whose scope fits (observed 13.3–13.5)', () => {
    const modes = (...scoped: [EncryptionMode, object][]) => ({
      encryption: scoped.map(([mode, scope]) => encryption(mode, scope)),
    });
    expect(fromPlain(modes(['permissive', { namespaces: ['shop'] }], ['strict', {}])).decision).toBe('forwarded');
    expect(fromPlain(modes(['permissive', { namespaces: ['other'] }], ['strict', {}])).decision).toBe('reset');
    expect(fromPlain(modes(['permissive', { labels: { app: 'web' } }], ['strict', {}])).decision).toBe('forwarded');
    expect(fromPlain(modes(['permissive', { ports: [8080] }], ['strict', {}])).decision).toBe('forwarded');
    expect(fromPlain(modes(['permissive', { ports: [80] }], ['strict', {}])).decision).toBe('reset');
  });

  it('disabled: proxies fall back to plain, and nobody has an identity (observed 13.4)', () => {
    const disabled = fromClient({ encryption: [encryption('disabled')] });
    expect(disabled).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    expect(disabled.identitySeen).toBeUndefined();
  });

  it('settings that contradict the server end in 503 (observed 13.8)', () => {
    const off = { destinations: [towards('none', { service: 'shop/web' })] };
    expect(fromClient({ ...off, encryption: [encryption('strict')] })).toMatchObject({
      decision: 'reset',
      status: 503,
    });
    expect(fromClient(off)).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    expect(fromClient(off).identitySeen).toBeUndefined();
    const on = { destinations: [towards('mesh', { service: 'shop/web' })] };
    expect(fromClient({ ...on, encryption: [encryption('disabled')] })).toMatchObject({
      decision: 'reset',
      status: 503,
    });
    expect(fromClient(on)).toMatchObject({ decision: 'forwarded', encrypted: 'mtls' });
  });

  it('says where the mode and the settings are written', () => {
    const model = modelOf(inventory, { encryption: [encryption('strict')] });
    const { hops } = simulate(worldOf(model), {
      caller: callerOf(plain),
      to: { service: 'shop/web' },
      request: requestOf(),
    });
    expect(hops.at(-1)?.decisions[0]).toMatchObject({
      capability: 'encryption-mode',
      source: { object: { name: 'encryption-strict' }, path: 'spec' },
    });
  });

  it('does not cross from one mesh to another', () => {
    const foreign = workload('shop/foreign', { memberships: memberOf('sidecar', 'mesh/two') });
    const meshes = [mesh(), mesh({ id: 'mesh/two' })];
    const ask = { caller: callerOf(foreign), to: { service: 'shop/web' }, request: requestOf() };
    const open = simulate(worldOf(modelOf(inventory, {}, meshes)), ask).outcome;
    expect(open).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    const strict = simulate(worldOf(modelOf(inventory, { encryption: [encryption('strict')] }, meshes)), ask).outcome;
    expect(strict).toMatchObject({ decision: 'reset', status: 503 });
  });

  it('is decided by the settings of the client and the mode of the server, when they differ', () => {
    const off = modelOf(inventory, { destinations: [towards('none', { service: 'shop/web' })] });
    const strict = modelOf(inventory, { encryption: [encryption('strict')] });
    const ask = { caller: callerOf(client), to: { service: 'shop/web' }, request: requestOf() };
    expect(simulate({ client: off, server: strict }, ask).outcome).toMatchObject({ decision: 'reset', status: 503 });
    expect(simulate({ client: strict, server: off }, ask).outcome).toMatchObject({ encrypted: 'mtls' });
  });
});

describe('encryption towards the outside', () => {
  it('is what the application sends', () => {
    expect(outcome({}, callerOf(client), 'bank.example', 80).encrypted).toBe('plaintext');
    const sealed = simulate(worldOf(modelOf(inventory)), {
      caller: callerOf(client),
      to: { service: 'bank.example', port: 443 },
      request: requestOf({ scheme: 'https' }),
    });
    expect(sealed.outcome).toMatchObject({ decision: 'forwarded', encrypted: 'tls' });
  });

  it('is TLS where the settings for the host say so', () => {
    const part = { destinations: [towards('tls', { hosts: ['*.example'], port: 80 })] };
    expect(outcome(part, callerOf(client), 'bank.example', 80).encrypted).toBe('tls');
  });

  it('cannot be mesh mTLS', () => {
    const part = { destinations: [towards('mesh', { service: 'bank.example' })] };
    expect(outcome(part, callerOf(client), 'bank.example', 80)).toMatchObject({ decision: 'reset', status: 503 });
  });
});
