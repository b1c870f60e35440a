/** What real meshes were seen to do, held against a model without them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSnapshot } from '../../src/engine/read.ts';
import type { Model } from '../../src/model/model.ts';
import { Snapshot } from '../../src/native/snapshot.ts';
import { disagrees, testimonyText } from '../agreement/oracle.ts';
import { type RecordHead, recordIn } from '../agreement/record.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import { native } from '../kubernetes/native-object.ts';
import { differencesOf } from '../probe/judge.ts';
import { judgeReading } from '../settings/reading.ts';
import { testimoniesOf } from '../together/together.ts';
import { observedIn, questionIn, type RecordedConfiguration } from './recording.ts';
import { predict, workloadsIn } from './trial.ts';

type Configuration = RecordedConfiguration<KubernetesObject>;

/** What was seen in one mesh. */
export interface Recorded {
  /** Of the file. */
  readonly name: string;
  readonly mesh: string;
  readonly head: RecordHead<KubernetesObject>;
  readonly configurations: readonly Configuration[];
}

/** Configurations that were there at the same time, and the model of the whole. */
export interface RecordedWave {
  readonly mesh: string;
  readonly number: number;
  readonly model: Model;
  readonly addresses: Readonly<Record<string, string>>;
  readonly configurations: readonly Configuration[];
}

/** The files, and the mesh that each is about. */
const records = [
  ['istio', 'istio'],
  ['istio-waypoint', 'istio'],
  ['istio-waypoint-destinations', 'istio'],
  ['consul', 'consul'],
  ['consul-deny', 'consul'],
  ['consul-gateway', 'consul'],
  ['consul-peers', 'consul'],
  ['consul-peers-deny', 'consul'],
] as const;

/** All that is recorded, by mesh. */
export const recordedIn = (root: string): readonly Recorded[] =>
  records.flatMap(([name, mesh]) => {
    const path = join(root, 'testdata', 'agreement', `${name}.jsonl`);
    if (!existsSync(path)) return [];
    return [{ name, mesh, ...recordIn<KubernetesObject>(readFileSync(path, 'utf8')) }];
  });

/** What was there before is older than what is tried, and what is tried is of one age unless it says when it was made. */
const younger = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: { creationTimestamp: '2100-01-01T00:00:00Z', ...object.metadata },
});

const modelOf = async (mesh: string, objects: readonly KubernetesObject[]): Promise<Model> =>
  (await readSnapshot(new Snapshot(objects.map(native), 'whole'), { only: [mesh] })).model;

export const waveNumbers = ({ configurations }: Recorded): readonly number[] => [
  ...new Set(configurations.map(({ wave }) => wave)),
];

export const waveOf = async ({ mesh, head, configurations }: Recorded, number: number): Promise<RecordedWave> => {
  const own = configurations.filter(({ wave }) => wave === number);
  const model = await modelOf(mesh, [...head.standing, ...own.flatMap(({ objects }) => objects.map(younger))]);
  return { mesh, number, model, addresses: head.addresses, configurations: own };
};

/** How what was seen of a configuration differs from what a model of it predicts, a line for each difference. */
export const differencesIn = (
  model: Model,
  { id, probes, readings = [], together = [] }: Configuration,
  addresses: Readonly<Record<string, string>>,
): readonly string[] => {
  const workloadsOf = workloadsIn(model);
  const told = readings.flatMap(reading =>
    judgeReading(model, reading).differences.map(difference => `${id}: the proxy of ${reading.caller}: ${difference}`),
  );
  const asked = probes.flatMap(probe => {
    const question = questionIn(probe, addresses);
    const { outcome } = predict(model, question);
    const { caller, request } = question;
    return differencesOf(outcome, question, observedIn(probe, question), workloadsOf).map(
      difference => `${id}: ${caller} ${request.method} ${request.path}: ${difference}`,
    );
  });
  const shown = together
    .flatMap(({ asked: one, seen }) => testimoniesOf(model, one, seen))
    .filter(disagrees)
    .map(one => `${id}: ${testimonyText(one)}`);
  return [...told, ...asked, ...shown];
};
