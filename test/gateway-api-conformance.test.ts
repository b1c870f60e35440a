/**
 * The requests of the Gateway API conformance suite, put to `simulate` with the suite's manifests. What disagrees must
 * stand in docs/meshes/gateway-api.md.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { adapter } from '../src/meshes/gateway-api/adapter.ts';
import { assemble, type Model } from '../src/model/model.ts';
import { readKubernetes } from '../src/native/kubernetes/read-kubernetes.ts';
import { type NativeObject, Snapshot } from '../src/native/snapshot.ts';
import type { Outcome } from '../src/verify/outcome.ts';
import { type Caller, type Request, requestOf, worldOf } from '../src/verify/request.ts';
import { simulate } from '../src/verify/simulate.ts';
import { baseObjects, infra, mesh } from './support/conformance/base.ts';
import {
  type ConformanceTest,
  type Expectation,
  isMeshTest,
  type Put,
  putsOf,
  readExpectations,
  readManifest,
  resolveVariable,
} from './support/conformance/expectations.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const shared = process.env.SUPERGLOO_SHARED ?? join(root, '..', 'shared');
const isThere = existsSync(join(shared, 'corpus', 'expectations'));
if (!isThere) console.log(`skipped: the conformance suite is not at ${shared}`);
if (process.env.CI && !isThere) throw new Error('the conformance suite is absent');

type Body = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string };
};

const objectsOf = (bodies: readonly Body[]): readonly NativeObject[] =>
  bodies.map(body => ({
    ref: {
      apiVersion: body.apiVersion,
      kind: body.kind,
      name: body.metadata.name,
      ...(body.metadata.namespace === undefined ? {} : { namespace: body.metadata.namespace }),
    },
    body: body as unknown as Record<string, unknown>,
  }));

const modelFor = (test: ConformanceTest, put: Put): Model => {
  const own = (put.manifests ?? test.manifests)
    .flatMap(path => loadAll(readManifest(shared, path)) as Body[])
    .filter(body => body && body.kind !== put.without);
  const snapshot = new Snapshot(
    objectsOf([...(baseObjects as readonly unknown[] as readonly Body[]), ...own]),
    'whole',
  );
  const { inventory } = readKubernetes(snapshot);
  const meshes = adapter.detect(snapshot, inventory);
  const result = adapter.read({ snapshot, inventory, meshes, others: [] });
  return assemble(result.inventory, [result.part]);
};

const client: Caller = {
  kind: 'workload',
  namespace: mesh,
  name: 'echo-v1',
  labels: { app: 'echo', version: 'v1' },
  serviceAccount: 'default',
  memberships: [{ mesh: 'gateway-api', mode: 'mesh', certainty: 'assumed', evidence: [] }],
};

const requestFor = (test: ConformanceTest, expectation: Expectation, put: Put): Request => {
  const { Request: asked = {}, EchoRequest } = expectation;
  const path = put.path ?? (typeof asked.Path === 'string' ? asked.Path : '/');
  const host = put.host ?? asked.Host ?? (isMeshTest(test) ? 'echo' : undefined);
  const headers = Object.entries(asked.Headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return requestOf({
    ...(EchoRequest ? { protocol: 'grpc', method: 'POST', path: '/grpcecho.GrpcEcho/Echo' } : { path }),
    ...(asked.Method ? { method: asked.Method } : {}),
    ...(host === undefined ? {} : { authority: host }),
    ...(put.sni === undefined ? {} : { sni: put.sni, scheme: 'https' }),
    headers,
  });
};

const ask = (test: ConformanceTest, expectation: Expectation, put: Put): Outcome => {
  const model = modelFor(test, put);
  const request = requestFor(test, expectation, put);
  if (!isMeshTest(test)) {
    const to = { host: request.authority ?? 'gateway.example', port: put.sni === undefined ? 80 : 443 };
    return simulate(worldOf(model), { caller: { kind: 'outside' }, to, via: put.via!, request }).outcome;
  }
  const [name = 'echo', port = '80'] = (request.authority ?? 'echo').split(':');
  const to = { service: `${mesh}/${name}`, port: Number(port) };
  return simulate(worldOf(model), { caller: client, to, request }).outcome;
};

/** What the client would see: a backend that is slower than the timeout is answered with 504. */
const statusOf = (outcome: Outcome, request: Request): number => {
  const delay = Number(/[?&]delay=(\d+)s/.exec(request.path)?.[1] ?? 0) * 1000;
  if (outcome.timeoutMs !== undefined && outcome.timeoutMs > 0 && outcome.timeoutMs < delay) return 504;
  return outcome.decision === 'forwarded' ? 200 : (outcome.status ?? 0);
};

const headersAfter = (outcome: Outcome, request: Request): Map<string, string[]> => {
  const headers = new Map<string, string[]>(request.headers.map(([name, value]) => [name, [value]]));
  const change = outcome.requestHeaders ?? outcome.backends[0]?.requestHeaders ?? {};
  for (const name of change.remove ?? []) headers.delete(name);
  for (const [name, value] of Object.entries(change.set ?? {})) headers.set(name, [value]);
  for (const [name, value] of Object.entries(change.add ?? {}))
    headers.set(name, [...(headers.get(name) ?? []), value]);
  return headers;
};

const check = (test: ConformanceTest, expectation: Expectation, put: Put): void => {
  const outcome = ask(test, expectation, put);
  const request = requestFor(test, expectation, put);
  const { Response: response = {}, RedirectRequest: redirect, ExpectedRequest: expected } = expectation;
  expect(statusOf(outcome, request)).toBe(put.status ?? response.StatusCode ?? 200);
  const backend = put.backend ?? resolveVariable(expectation.Backend, test);
  if (backend !== undefined) {
    const home = resolveVariable(expectation.Namespace, test) ?? (isMeshTest(test) ? mesh : infra);
    expect(outcome.backends.map(({ service, weight }) => [service, weight])).toEqual([[`${home}/${backend}`, 100_000]]);
  }
  if (redirect) {
    const location = new URL(outcome.location ?? '');
    const asked = request.authority ?? 'gateway.example';
    expect(location.hostname).toBe(redirect.Host ?? asked);
    expect(location.port).toBe(redirect.Port ?? '');
    expect(location.pathname).toBe(redirect.Path ?? request.path);
  }
  if (expected) {
    expect(outcome.rewrite?.path ?? request.path).toBe(expected.Request.Path);
    const headers = headersAfter(outcome, request);
    for (const [name, value] of Object.entries(expected.Request.Headers ?? {})) {
      expect([name, headers.get(name.toLowerCase())?.join(',')]).toEqual([name, value]);
    }
    for (const name of expected.AbsentHeaders ?? []) expect(headers.has(name.toLowerCase())).toBe(false);
  }
  const responseHeaders = outcome.responseHeaders ?? outcome.backends[0]?.responseHeaders;
  for (const [name, value] of Object.entries(response.Headers ?? {})) {
    expect(responseHeaders?.set?.[name.toLowerCase()]).toBe(value);
  }
  for (const name of response.AbsentHeaders ?? []) {
    expect(responseHeaders?.set?.[name.toLowerCase()]).toBeUndefined();
  }
};

describe.skipIf(!isThere)('the conformance suite', () => {
  const tests = isThere ? readExpectations(shared) : [];
  const requests = tests.flatMap(test =>
    test.expect.map((expectation, index) => ({ test, expectation, index, title: `${test.name} ${index + 1}` })),
  );

  it('is asked whole', () => {
    const asks = requests.flatMap(({ test, index }) => putsOf(test, index)).length;
    console.log(`conformance: ${requests.length} requests of ${tests.length} tests, put in ${asks} ways`);
    expect(requests).toHaveLength(71);
  });

  it.each(requests)('$title', ({ test, expectation, index }) => {
    for (const put of putsOf(test, index)) check(test, expectation, put);
  });
});
