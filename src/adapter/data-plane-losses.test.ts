import { describe, expect, it } from 'vitest';
import type { RequestAuthentication } from '../model/capabilities/request-authentication.ts';
import type { Frontend, Target } from '../model/frontend.ts';
import type { DataPlane, Mesh } from '../model/mesh.ts';
import { emptyModel } from '../model/model.ts';
import { mesh } from '../verify/testing/model-builder.ts';
import { dataPlaneLosses } from './data-plane-losses.ts';

const plane = (more: Partial<DataPlane> = {}): Mesh => {
  const usual = mesh();
  return { ...usual, dataPlanes: { sidecar: { ...usual.dataPlanes.sidecar!, ...more } } };
};

const forwarding: Target = { kind: 'forward', backends: [] };

const tokens: RequestAuthentication = { id: 'tokens', scope: {}, issuers: [] };

/** What is lost from one data plane to the other, where tokens are looked at. */
const lost = (from: Mesh, to: Mesh, requestAuthentication: readonly RequestAuthentication[] = [tokens]) =>
  dataPlaneLosses({ ...emptyModel, meshes: [from], requestAuthentication }, to).map(({ leaf, loss }) => [
    leaf,
    loss?.severity,
  ]);

describe('tokens that are not in order', () => {
  const strict = plane();
  const lenient = plane({ failedTokenCountsAs: 'none' });

  it('get in where they were refused: a loss of security', () => {
    expect(lost(strict, lenient)).toEqual([['data plane.failedTokenCountsAs', 'security']]);
  });

  it('are refused where they counted as none: another behaviour', () => {
    expect(lost(lenient, strict)).toEqual([['data plane.failedTokenCountsAs', 'behaviour']]);
  });

  it('are no loss where nobody looks at tokens, or both do the same', () => {
    expect(lost(strict, lenient, [])).toEqual([]);
    expect(lost(lenient, lenient)).toEqual([]);
  });
});

describe('TLS connections that no route takes', () => {
  const [usual, past] = [plane(), plane({ unroutedTlsCountsAs: 'unknown' })];
  const routed: Frontend = {
    id: 'names',
    listens: { kind: 'service', service: 'shop/ledger' },
    protocol: 'tls',
    clients: {},
    rules: [{ id: 'rule', match: { sni: ['ledger.example'] }, action: { id: 'action', target: forwarding } }],
    noMatch: { kind: 'next' },
  };
  const lostOf = (from: Mesh, to: Mesh, frontends: readonly Frontend[] = [routed]) =>
    dataPlaneLosses({ ...emptyModel, meshes: [from], frontends }, to).map(({ loss }) => [loss?.code, loss?.severity]);

  it('leave the mesh where they did not: a loss of security', () => {
    expect(lostOf(usual, past)).toEqual([['unrouted-tls', 'security']]);
  });

  it('no longer leave it: another behaviour', () => {
    expect(lostOf(past, usual)).toEqual([['unrouted-tls', 'behaviour']]);
  });

  it('are no loss where nothing is routed by name', () => {
    expect(lostOf(usual, past, [])).toEqual([]);
  });
});
