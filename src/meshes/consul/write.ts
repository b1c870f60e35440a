import type { WriteResult, WriteTarget } from '../../adapter/adapter.ts';
import type { Addition } from '../../adapter/annotated-objects.ts';
import { dataPlaneLosses } from '../../adapter/data-plane-losses.ts';
import { type Disposition, refused } from '../../adapter/disposition.ts';
import { fitModel } from '../../adapter/fit-model.ts';
import { retarget } from '../../adapter/retarget.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import type { Model } from '../../model/model.ts';
import { emit } from './emit.ts';
import { asInConsul } from './expected.ts';
import { consulFindings } from './findings.ts';
import { judgeFor } from './judge.ts';
import { injectAnnotation } from './sidecar.ts';
import { judgingOf } from './write/judging.ts';
import { besideUsers } from './write/users-objects.ts';

/** Judges every leaf, then writes what is left; see docs/decisions/0002-writers-judge-and-emit.md. */
export const write = (model: Model, target: WriteTarget): WriteResult => {
  const wished = retarget(model, target.mesh);
  const judging = judgingOf(wished, target);
  const { expected, dispositions } = fitModel(wished, judgeFor(judging));
  const { objects, additions } = emit(expected, judging);
  const beside = besideUsers(objects, target.snapshot);
  return {
    objects: beside.objects,
    dispositions: [...dispositions, ...dataPlaneLosses(model, target.mesh), ...plaintextLoss(model)],
    expected: asInConsul(expected, objects, judging),
    findings: [...judging.findings, ...additions.map(tellAddition), ...beside.findings, ...outside(expected)],
  };
};

/** Where plaintext was let in because nobody said otherwise. */
const plaintextLoss = ({ meshes, encryption }: Model): readonly Disposition[] => {
  const isStrict = encryption.some(
    ({ scope, mode }) => mode.value === 'strict' && !scope.namespaces && !scope.labels && !scope.ports && !scope.only,
  );
  if (isStrict) return [];
  const { loss } = refused('plaintext-callers', 'sidecars take mesh mTLS only: callers without one are refused', {
    workaround: 'give every caller a sidecar, or lead it through a gateway',
  });
  return meshes.map(mesh => ({
    capability: 'encryption-mode',
    subject: mesh.id,
    leaf: 'data plane.acceptsPlaintext',
    result: 'refused',
    loss,
    ...(mesh.source ? { source: mesh.source } : {}),
  }));
};

const tellAddition = ({ object, annotations }: Addition): Finding => {
  const added = Object.entries(annotations).map(([key, value]) => `\`${key}: ${value}\``);
  return findingOf(consulFindings, 'CONSUL301', object.ref, `${added.join(', ')} on ${object.ref.kind}`);
};

/** Members of the other mesh that say nothing of Consul's sidecar: the chart injects none unless it was told to. */
const outside = ({ inventory }: Model): readonly Finding[] =>
  inventory.workloads.flatMap(({ id, memberships, isMachine, annotations, source }) =>
    !isMachine && memberships.length > 0 && annotations[injectAnnotation] === undefined
      ? [findingOf(consulFindings, 'CONSUL303', source, `\`${id}\` does not ask for a sidecar`)]
      : [],
  );
