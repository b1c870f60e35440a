/**
 * What `istioctl validate` said of each Istio file of the corpus, put beside what `validate` finds in it. What they
 * disagree on is listed here with the reason.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../src/base/finding.ts';
import { validate } from '../src/meshes/istio/validate.ts';
import { type NativeObject, Snapshot } from '../src/native/snapshot.ts';
import { readFiles } from '../src/store/files/store.ts';
import { sharedFolder } from '../tools/gen/shared.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const corpus = sharedFolder(root, 'corpus');
const verdicts = corpus && join(corpus, 'ISTIO_VERDICTS.tsv');
const isThere = verdicts !== undefined && existsSync(verdicts);
if (!isThere) console.log("skipped: Istio's verdicts are not beside the project");
if (process.env.CI && !isThere) throw new Error("Istio's verdicts are absent");

const rowsOf = (path: string): { readonly file: string; readonly refused: boolean }[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.split('\t'))
    .map(([file = '', code]) => ({ file, refused: code !== '0' }));

const portNames = 'only advice about how ports of Kubernetes Services are called, which no cluster refuses';

/** Files that `istioctl validate` fails and `validate` does not, and why. */
const missed: Readonly<Record<string, string>> = {
  'envoyproxy__gateway/examples/kubernetes/admission-control.yaml': portNames,
  'envoyproxy__gateway/examples/kubernetes/backend-utilization.yaml': portNames,
  'envoyproxy__gateway/examples/kubernetes/tls-passthrough.yaml': portNames,
  'envoyproxy__gateway/test/e2e/testdata/load_balancing_backend_utilization_weighted_zones.yaml': portNames,
  'hashicorp__consul-k8s/control-plane/gateway07/gateway-api-0.7.1-custom/conformance/base/manifests.yaml': portNames,
  'kubernetes-sigs__gateway-api/conformance/tests/backendtlspolicy.yaml': portNames,
  'kubernetes-sigs__gateway-api/conformance/tests/httproute-service-types.yaml': portNames,
  'istio__istio/pkg/config/validation/testdata/crds/reqauth-valid.yaml':
    'the field `presence` of a rule about tokens is newer than the istioctl that was asked; the CRDs have it',
};

describe.skipIf(!isThere)('what Istio says of the files of the corpus', () => {
  const folder = corpus ?? '';
  const rows = verdicts && isThere ? rowsOf(verdicts) : [];
  const read = readFiles(rows.map(({ file }) => join(folder, file)));
  const objects = new Map<string, NativeObject[]>();
  for (const object of read.objects) {
    const file = relative(folder, object.ref.file ?? '');
    objects.set(file, [...(objects.get(file) ?? []), object]);
  }
  const unreadable = new Set(
    read.findings
      .filter(({ severity, place, subject }) => severity === 'error' && (place ?? subject))
      .map(({ place, subject }) => relative(folder, place?.file ?? subject?.file ?? '')),
  );
  const found = new Map<string, readonly Finding[]>(
    rows.map(({ file }) => [file, validate(new Snapshot(objects.get(file) ?? []))]),
  );
  const refusedHere = (file: string): boolean => unreadable.has(file) || (found.get(file) ?? []).length > 0;
  const told = (file: string): string =>
    `${file}: ${(found.get(file) ?? []).map(({ code, path, message }) => `${code} ${path ?? ''} ${message}`).join('; ')}`;

  test('what it refuses is refused here, with the place of the fault', () => {
    const silent = rows.filter(({ file, refused }) => refused && !refusedHere(file)).map(({ file }) => file);
    expect(silent.sort()).toEqual(Object.keys(missed).sort());
    const placeless = [...found.values()].flat().filter(({ source }) => source === undefined);
    expect(placeless).toEqual([]);
  });

  test('what it takes is taken here', () => {
    const extra = rows.filter(({ file, refused }) => !refused && (found.get(file) ?? []).length > 0);
    expect(extra.map(({ file }) => told(file))).toEqual([]);
  });

  test("each of Istio's own examples of invalid objects is refused for what is wrong in it", () => {
    const examples = [...objects].filter(([file]) => /^istio__api\/.*-invalid\.yaml$/.test(file));
    const passed = examples.flatMap(([file, all]) =>
      all
        .map(({ ref, body: { _err, ...body } }) => ({ ref, body }))
        .filter(object => validate(new Snapshot([object])).length === 0)
        .map(({ ref }) => `${file} document ${ref.document}: ${ref.kind} ${ref.name}`),
    );
    expect(examples.length).toBeGreaterThan(8);
    expect(passed).toEqual([]);
  });

  test('how many files that is', () => {
    const refused = rows.filter(row => row.refused);
    const same = refused.filter(({ file }) => refusedHere(file)).length;
    console.log(
      `Istio refuses ${refused.length} of ${rows.length} files; ${same} are refused here too, ` +
        `${Object.keys(missed).length} are not, for a reason given`,
    );
    expect(rows.length).toBeGreaterThan(800);
    expect(refused.length).toBeGreaterThan(60);
  });
});
