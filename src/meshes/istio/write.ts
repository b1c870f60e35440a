import type { WriteResult, WriteTarget } from '../../adapter/adapter.ts';
import { dataPlaneLosses } from '../../adapter/data-plane-losses.ts';
import { fitModel } from '../../adapter/fit-model.ts';
import { withFreeNames } from '../../adapter/free-names.ts';
import { joinedLosses } from '../../adapter/joined.ts';
import { retarget } from '../../adapter/retarget.ts';
import type { Model } from '../../model/model.ts';
import { emit } from './emit.ts';
import { judgeFor } from './judge.ts';

/** Judges every leaf, then writes what is left; see docs/decisions/0002-writers-judge-and-emit.md. */
export const write = (model: Model, target: WriteTarget): WriteResult => {
  const moved = retarget(model, target.mesh);
  const { expected, dispositions } = fitModel(moved, judgeFor(moved, target));
  const objects = withFreeNames(emit(expected, target), target.snapshot);
  return {
    objects,
    dispositions: [...dispositions, ...dataPlaneLosses(model, target.mesh), ...joinedLosses(model)],
    expected,
    findings: [],
  };
};
