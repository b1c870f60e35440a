/**
 * What real meshes were seen to do with configurations, held against what is predicted from them now. `npm run agreement`
 * makes these records, and `docs/reference/agreement.md` tells how much it has tried.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSnapshot } from '../src/engine/read.ts';
import type { Model } from '../src/model/model.ts';
import { Snapshot } from '../src/native/snapshot.ts';
import type { RecordHead } from '../testbed/agreement/record.ts';
import type { KubernetesObject } from '../testbed/kubernetes/api.ts';
import { native } from '../testbed/kubernetes/native-object.ts';
import { differencesOf } from '../testbed/probe/judge.ts';
import { observedIn, type RecordedConfiguration } from '../testbed/trial/recording.ts';
import { predict, workloadsIn } from '../testbed/trial/trial.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'testdata', 'agreement');

type Configurations = readonly RecordedConfiguration<KubernetesObject>[];

const recordOf = (mesh: string): { head: RecordHead<KubernetesObject>; configurations: Configurations } => {
  const [head, ...lines] = readFileSync(join(folder, `${mesh}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  return { head: JSON.parse(head ?? '{}'), configurations: lines.map(line => JSON.parse(line)) };
};

/** What was there before is older than what is tried, and what is tried is of one age unless it says when it was made. */
const younger = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: { creationTimestamp: '2100-01-01T00:00:00Z', ...object.metadata },
});

const differences = (model: Model, { id, probes }: RecordedConfiguration<KubernetesObject>): readonly string[] => {
  const workloadsOf = workloadsIn(model);
  return probes.flatMap(probe => {
    const { outcome } = predict(model, probe.question);
    const { caller, request } = probe.question;
    return differencesOf(outcome, probe.question, observedIn(probe), workloadsOf).map(
      difference => `${id}: ${caller} ${request.method} ${request.path}: ${difference}`,
    );
  });
};

const meshes = ['istio', 'consul'].filter(mesh => existsSync(join(folder, `${mesh}.jsonl`)));

describe.each(meshes)('%s', mesh => {
  const { head, configurations } = recordOf(mesh);
  const waves = [...new Set(configurations.map(({ wave }) => wave))];

  it.each(waves)('what was seen of wave %d is what is predicted', async wave => {
    const own = configurations.filter(one => one.wave === wave);
    const objects = [...head.standing, ...own.flatMap(one => one.objects.map(younger))];
    const { model } = await readSnapshot(new Snapshot(objects.map(native), 'whole'), { only: [mesh] });
    expect(own.flatMap(one => differences(model, one))).toEqual([]);
  });

  it('a prediction that is off is noticed', async () => {
    const { model } = await readSnapshot(new Snapshot(head.standing.map(native), 'whole'), { only: [mesh] });
    expect(configurations.flatMap(one => differences(model, one)).length).toBeGreaterThan(configurations.length / 2);
  });
});

it('there is a record', () => {
  expect(meshes.length).toBeGreaterThan(0);
});
