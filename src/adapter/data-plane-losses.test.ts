import { describe, expect, it } from 'vitest';
import type { RequestAuthentication } from '../model/capabilities/request-authentication.ts';
import type { DataPlane, Mesh } from '../model/mesh.ts';
import { emptyModel } from '../model/model.ts';
import { mesh } from '../verify/testing/model-builder.ts';
import { dataPlaneLosses } from './data-plane-losses.ts';

const plane = (more: Partial<DataPlane> = {}): Mesh => {
  const usual = mesh();
  return { ...usual, dataPlanes: { sidecar: { ...usual.dataPlanes.sidecar!, ...more } } };
};

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
