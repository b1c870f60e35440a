import { InvariantError } from '../../../src/base/finding.ts';
import { groupBy } from '../../../src/base/order.ts';
import type { Mutation } from '../../../test/compare/mutation.ts';
import { selection } from '../../../test/compare/selection.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { native } from '../../kubernetes/native-object.ts';
import type { Configuration, Slot } from '../configuration.ts';
import { distinct, type Limits } from '../questions.ts';
import type { Arena } from '../run.ts';
import { leftBehind, moved, type Pair, saidOf, standIn, type Workbench } from './pair.ts';

/** Edits of each kind that are tried. */
export interface PairSampling {
  readonly perEdit: number;
  readonly seed: number;
}

type One = Configuration<KubernetesObject>;

/** What can be edited and asked by the name of a service alone, beside others. */
const isPlain = ({ kind, alone, earlier, entrance, sendsNothing, ofBytes, port, together }: One): boolean =>
  kind !== 'gate' && !alone && !earlier && !entrance && !sendsNothing && !ofBytes && port === undefined && !together;

const objectOf = ({ body }: ReturnType<typeof native>): KubernetesObject => body as unknown as KubernetesObject;

const pairsBy = (edit: Mutation, bases: readonly One[], { perEdit, seed }: PairSampling): readonly Pair[] => {
  const all = bases.flatMap(({ id, kind, objects }) => {
    const slot = standIn(kind);
    const before = objects(slot);
    const left = leftBehind(before, slot);
    if (left)
      throw new InvariantError(`${id}: ${left.kind} \`${left.metadata.name}\` does not move with \`${slot.name}\``);
    return Array.from(edit.mutants(before.map(native)), mutant => ({ id, kind, before, mutant }));
  });
  // Edits of one configuration are much alike.
  const spread = [...groupBy(all, ({ id }) => id).values()].flatMap(some => selection(some, 2, seed));
  return selection(spread, perEdit, seed).map(({ id, kind, before, mutant }, index) => ({
    id: `pairs: ${edit.kind} ${index + 1} in ${id}`,
    edit: edit.kind,
    kind,
    before,
    after: mutant.objects().map(objectOf),
  }));
};

/** Both sides of pairs as configurations, each with the questions of what a comparison says of the pair. */
export const pairFamilies = async (
  bench: Workbench,
  edits: readonly Mutation[],
  bases: readonly One[],
  sampling: PairSampling,
): Promise<readonly One[]> => {
  const pairs = edits.flatMap(edit => pairsBy(edit, bases.filter(isPlain), sampling));
  const made: One[] = [];
  for (const pair of pairs) {
    const said = await saidOf(bench, pair);
    const questions = distinct([...said.claims.flatMap(claim => claim.questions), ...said.samples]);
    const { name } = standIn(pair.kind);
    for (const side of ['before', 'after'] as const)
      made.push({
        id: `${pair.id}, ${side}`,
        family: `pairs: ${pair.edit}`,
        kind: pair.kind,
        pair: { pair, said, side },
        objects: (slot: Slot) => moved(pair[side], name, slot.name),
        questions: (slot: Slot) => moved(questions, name, slot.name),
      });
  }
  return made;
};

/** A bed as a place to read pairs in. */
export const workbenchOf = (
  { standing, hostOf, callersOf, addressOf }: Arena<KubernetesObject>,
  adapter: string,
  limits: Limits,
): Workbench => ({ adapter, standing, limits, hostOf, callersOf, addressOf });
