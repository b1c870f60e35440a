/** Holds Envoys, started with what was written, against what the model expects of them. */
import type { Manifest } from '../../src/adapter/adapter.ts';
import type { Model } from '../../src/model/model.ts';
import type { Asked } from '../agreement/questions.ts';
import type { Tried } from '../agreement/tally.ts';
import type { WorkloadsOf } from '../probe/expectation.ts';
import { differencesOf } from '../probe/judge.ts';
import type { Observed } from '../probe/question.ts';
import type { Hit, Reply } from '../probe/wire.ts';
import { workloadsIn } from '../trial/trial.ts';
import { Backends } from './backends.ts';
import { Certificates } from './certificates.ts';
import { doorOf, type Housed, house } from './loopback.ts';
import { startEnvoy } from './process.ts';
import { clients, type Limits, questionsOf } from './questions.ts';
import { atOnce, send } from './send.ts';

/** A configuration as it was written, and what is expected of it. */
export interface Written {
  readonly id: string;
  readonly family: string;
  readonly objects: readonly Manifest[];
  readonly expected: Model;
}

/** The name of the ConfigMap for a caller's way in. */
const processOf = (caller: string): string => (caller === clients ? 'envoy' : `${caller.split('/')[1]}-envoy`);

const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms));

/** Tries some configurations in one Envoy; what differs is tried once more. */
export const tryWritten = async (
  some: readonly Written[],
  firstPort: number,
  limits: Limits,
  wave: number,
): Promise<readonly Tried[]> => {
  const workloads = new Set(some.flatMap(({ expected }) => expected.inventory.workloads.map(({ id }) => id)));
  const backends = await Backends.start([...workloads]);
  const certificates = new Certificates();
  let port = firstPort;
  const housed = some.map(({ objects, expected }, index) =>
    house(objects, expected, backends, `${index}`, () => port++, certificates),
  );
  try {
    const envoy = await startEnvoy(housed);
    try {
      const tried: Tried[] = [];
      for (const [index, written] of some.entries())
        tried.push({ ...(await tryOne(written, housed[index]!, backends, limits)), wave });
      return tried;
    } finally {
      await envoy.stop();
    }
  } finally {
    backends.stop();
    certificates.remove();
  }
};

/** A port that a scheme has anyway leads to the same place, and Envoy writes it. */
const withUsualPort = (reply: Reply): Reply => ({
  ...reply,
  ...(reply.headers
    ? { headers: reply.headers.map(([name, value]) => [name, name === 'location' ? shortened(value) : value] as const) }
    : {}),
});

const shortened = (location: string): string =>
  location.replace(/^(http:\/\/[^/:]+):80(?=\/)|^(https:\/\/[^/:]+):443(?=\/)/, '$1$2');

/** A copy, whose Host says so, is no try where it reaches those who answer anyway. */
const withoutCopies = ({ reply, hits }: Observed, { predicted }: Asked, workloadsOf: WorkloadsOf): Observed => {
  const answering = predicted.outcome.backends.flatMap(({ endpoints }) => workloadsOf(endpoints));
  const isCopy = ({ headers }: Hit): boolean =>
    headers.some(([name, value]) => name.toLowerCase() === 'host' && /-shadow(:\d+)?$/.test(value));
  return { reply, hits: hits.filter(hit => !(isCopy(hit) && answering.includes(hit.pod))) };
};

/** One request shows no shares: that it ended in one of the ways is all that it can tell. */
const isOfShares = (difference: string): boolean => /^(?:shares:|mirror .* predicted (?!100 ))/.test(difference);

let sent = 0;

const tryOne = async (
  { id, family, expected }: Written,
  { doors }: Housed,
  backends: Backends,
  limits: Limits,
): Promise<Omit<Tried, 'wave'>> => {
  const portOf = (caller: string, port: number): number | undefined => doors.get(doorOf(processOf(caller), port));
  const questions = questionsOf(expected, (caller, port) => portOf(caller, port) !== undefined, limits);
  const workloadsOf = workloadsIn(expected);
  const observe = async (all: readonly Asked[]): Promise<readonly (readonly Observed[])[]> => {
    const sends = all.flatMap(({ question }, index) =>
      Array.from({ length: question.times ?? 1 }, () => ({ index, question, id: `${++sent}` })),
    );
    const replies = await atOnce(sends, 24, one =>
      send(portOf(one.question.caller, one.question.port) ?? 0, one.id, one.question),
    );
    await pause(50);
    const observed: Observed[][] = all.map(() => []);
    for (const [at, { index, id: name }] of sends.entries()) {
      observed[index]?.push({ reply: withUsualPort(replies[at]!), hits: backends.hits.get(name) ?? [] });
      backends.hits.delete(name);
    }
    return observed;
  };
  const judge = async (all: readonly Asked[]) => {
    const observed = await observe(all);
    return all.map((one, index) => ({
      ...one,
      observed: observed[index] ?? [],
      differences: differencesOf(
        one.predicted.outcome,
        one.question,
        (observed[index] ?? []).map(seen => withoutCopies(seen, one, workloadsOf)),
        workloadsOf,
      ).filter(difference => (observed[index] ?? []).length > 1 || !isOfShares(difference)),
      shows: [],
    }));
  };
  const verdicts = await judge(questions);
  const doubtful = verdicts.filter(({ differences }) => differences.length > 0);
  const again = await judge(doubtful.slice(0, 40));
  return {
    id,
    family,
    readings: [],
    verdicts: verdicts.map(one => again.find(({ question }) => question === one.question) ?? one),
  };
};
