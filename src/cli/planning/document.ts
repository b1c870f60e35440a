import type { MeshPlan } from '../../engine/plan/plan.ts';
import type { FieldStatus, ObjectStatus } from '../../engine/plan/status.ts';
import { asWritten, type Step } from '../../engine/plan/steps.ts';
import type { Comparison } from '../../verify/compare/comparison.ts';
import { printedComparison, printedFinding, printedSource } from '../print.ts';
import type { Locate } from '../source.ts';
import type { Taken } from '../targets/target.ts';
import type { Planned } from './planned.ts';

/** A plan as it is published. */
export const planFields = async (planned: Planned): Promise<Record<string, unknown>> => {
  const { plan, decision, inputs } = planned;
  const { locate } = inputs;
  return {
    steps: [
      ...(await Promise.all(inputs.target.taken.map(taken => printedTaken(taken, planned)))),
      ...(await Promise.all(plan.steps.map(step => printedStep(step, planned)))),
    ],
    losses: await Promise.all(
      decision.losses.map(async ({ loss, mesh, capability, subject, byDefault, source }) => ({
        ...loss,
        mesh,
        capability,
        subject,
        ...(byDefault ? { byDefault } : {}),
        ...(source ? { source: await printedSource(source, locate) } : {}),
      })),
    ),
    meshes: await Promise.all(plan.meshes.map(mesh => printedMesh(mesh, planned))),
    weaker: decision.weaker,
    findings: await Promise.all([...inputs.findings, ...plan.findings].map(finding => printedFinding(finding, locate))),
  };
};

const printedTaken = async (
  { action, object, before }: Taken,
  { inputs }: Planned,
): Promise<Record<string, unknown>> => {
  const source = await printedSource({ object: object.ref, path: '' }, inputs.locate);
  return {
    action,
    object: source.object,
    ...(before ? { before: asWritten(before) } : {}),
    ...(action === 'delete' ? {} : { after: asWritten(object.body) }),
    owner: 'user',
    reason: action === 'delete' ? 'you say so' : 'you wrote it',
    source,
  };
};

const printedStep = async (step: Step, { owner, inputs }: Planned): Promise<Record<string, unknown>> => {
  const { action, object, mesh, before, after, refused } = step;
  const source = await printedSource({ object, path: '' }, inputs.locate);
  return {
    action,
    object: source.object,
    ...(mesh === undefined ? {} : { mesh }),
    ...(before ? { before: asWritten(before) } : {}),
    ...(after ? { after } : {}),
    owner,
    reason: refused ?? reasonOf(step),
    ...(refused === undefined ? {} : { refused: true }),
    ...(object.file === undefined ? {} : { source }),
  };
};

const reasonOf = ({ action, mesh }: Step): string => {
  switch (action) {
    case 'create':
      return `${mesh} does not have it yet`;
    case 'update':
      return `${mesh} has it otherwise`;
    case 'keep':
      return `${mesh} has it as it is to be`;
    case 'delete':
      return 'nothing says any more what it was written for';
  }
};

const printedMesh = async (
  { mesh, isAssumed, status }: MeshPlan,
  { inputs: { locate }, verdicts }: Planned,
): Promise<Record<string, unknown>> => {
  const asked = verdicts.find(verdict => verdict.mesh === mesh);
  return {
    id: mesh.id,
    type: mesh.type,
    ...(mesh.version === undefined ? {} : { version: mesh.version }),
    assumed: isAssumed,
    status: await Promise.all(status.map(one => printedStatus(one, locate))),
    ...(asked
      ? { change: await printedAnswer(asked.change, locate), kept: await printedAnswer(asked.kept, locate) }
      : {}),
  };
};

const printedAnswer = async ({ verdict, services }: Comparison, locate: Locate): Promise<Record<string, unknown>> => ({
  verdict,
  services: await Promise.all(services.map(service => printedComparison(service, [locate, locate]))),
});

const printedStatus = async (
  { object, result, fields }: ObjectStatus,
  locate: Locate,
): Promise<Record<string, unknown>> => {
  const withSource = async (field: FieldStatus) => ({
    ...field,
    source: await printedSource({ object, path: field.path }, locate),
  });
  const { object: named } = await printedSource({ object, path: '' }, locate);
  return { object: named, result, fields: await Promise.all(fields.map(withSource)) };
};
