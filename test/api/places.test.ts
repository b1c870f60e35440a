/** What is wrong is told with the field, and with the line of the file that it stands in. */
import { describe, expect, it } from 'vitest';
import { readApiObject } from '../../src/api/read-object.ts';
import { locate } from '../../src/store/files/locate.ts';
import { parseText } from '../../src/store/files/parse.ts';

const told = (text: string): readonly string[] => {
  const { objects, text: file } = parseText('policy.yaml', text);
  return objects.flatMap(object =>
    readApiObject(object).findings.map(({ code, path, source, message }) => {
      const line = source && locate(new Map([['policy.yaml', file]]), source)?.line;
      return `${line} ${code} ${path ?? ''}: ${message}`;
    }),
  );
};

const policy = (spec: string): string => `apiVersion: supergloo.dev/v1alpha1
kind: TrafficPolicy
metadata:
  name: reviews
  namespace: shop
spec:
  targetRefs:
    - kind: Service
      name: reviews
${spec}`;

describe('what is wrong in a file', () => {
  it.each([
    ['  timeout: { request: 2s }', '10 API002 spec.timeout: there is no field `timeout`; did you mean `timeouts`?'],
    ['  timeouts:\n    request: 2', '11 API004 spec.timeouts.request: a text was expected, found `2`'],
    ['  split:\n    - name: a\n', '11 API003 spec.split[0].weight: `weight` is missing'],
    [
      '  fault:\n    abort:\n      percent: 5\n      status: 700',
      '13 API005 spec.fault.abort.status: 700 is not from 200 to 599',
    ],
    [
      '  loadBalancing:\n    algorithm: ConsistentHash',
      '10 API006 spec.loadBalancing: consistentHash goes with the algorithm ConsistentHash, and only with it',
    ],
    [
      '  split:\n    - { name: a, weight: 1 }\n    - { name: a, weight: 2 }',
      '12 API005 spec.split[1]: another element has the same name',
    ],
    [
      '  split:\n    - { name: a, weight: 1, labels: { "a.b/c": 7 } }',
      '11 API004 spec.split[0].labels["a.b/c"]: a text was expected, found `7`',
    ],
    ['status: {}\nspecs: {}', '11 API002 specs: there is no field `specs` beside spec; did you mean `spec`?'],
  ])('%s', (spec, expected) => {
    expect(told(policy(spec))).toEqual([expected]);
  });

  it('is a kind that there is not', () => {
    expect(told('apiVersion: supergloo.dev/v1alpha1\nkind: TrafficPolicies\nmetadata: { name: a }')).toEqual([
      '1 API001 : there is no kind `TrafficPolicies` in `supergloo.dev`: there are Mesh, MeshInstallation, TrafficPolicy, AccessPolicy, VirtualMesh, Migration',
    ]);
  });

  it('is told of all places at once', () => {
    expect(
      told(policy('  retries: { attempts: -1, conditions: [all] }\n  mirrors: {}')).map(line => line.split(':')[0]),
    ).toEqual(['10 API005 spec.retries.attempts', '10 API005 spec.retries.conditions[0]', '11 API004 spec.mirrors']);
  });

  it('shows the beginning of what is long', () => {
    const [line = ''] = told(policy(`  timeouts: { request: "${'9'.repeat(5000)}" }`));
    expect(line.length).toBeLessThan(200);
  });
});
