import type { Decision } from '../../engine/apply/decision.ts';
import { identityOf, identityOfManifest } from '../../engine/plan/ownership.ts';
import type { MeshPlan, Plan } from '../../engine/plan/plan.ts';
import type { FieldStatus, ObjectStatus } from '../../engine/plan/status.ts';
import { asWritten, type Step } from '../../engine/plan/steps.ts';
import { type PrintedSource, printedFinding, printedSource } from '../print.ts';
import type { Inputs } from './inputs.ts';

export interface Context {
  readonly inputs: Inputs;
  readonly owner: string;
}

/** A plan as it is published. */
export const planFields = async (
  plan: Plan,
  decision: Decision,
  { inputs, owner }: Context,
): Promise<Record<string, unknown>> => {
  const { locate } = inputs;
  const { meshes, steps, findings } = plan;
  return {
    steps: await Promise.all(steps.map(step => printedStep(step, { plan, owner, inputs }))),
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
    meshes: await Promise.all(meshes.map(mesh => printedMesh(mesh, inputs))),
    weaker: decision.weaker,
    findings: await Promise.all([...inputs.findings, ...findings].map(finding => printedFinding(finding, locate))),
  };
};

const printedStep = async (
  { action, object, before, after, refused }: Step,
  { plan, owner, inputs }: Context & { readonly plan: Plan },
): Promise<Record<string, unknown>> => {
  const { object: named, ...source } = await printedSource({ object, path: '' }, inputs.locate);
  return {
    action,
    object: named,
    ...(before ? { before: asWritten(before) } : {}),
    ...(after ? { after } : {}),
    owner,
    reason: refused ?? reasonOf(action, meshesOf(plan, identityOf(object))),
    ...(refused === undefined ? {} : { refused: true }),
    ...(object.file === undefined ? {} : { source: { ...source, object: named } satisfies PrintedSource }),
  };
};

/** The meshes for which an object is written. */
export const meshesOf = ({ meshes }: Plan, identity: string): readonly string[] =>
  meshes
    .filter(({ objects }) => objects.some(object => identityOfManifest(object) === identity))
    .map(({ mesh }) => mesh.id);

const reasonOf = (action: Step['action'], meshes: readonly string[]): string => {
  const where = `for ${meshes.join(' and ')}`;
  switch (action) {
    case 'create':
      return `${where}, which does not have it yet`;
    case 'update':
      return `${where}, where it is different`;
    case 'keep':
      return `${where}, where it is as it is to be`;
    case 'delete':
      return 'nothing says any more what it was written for';
  }
};

const printedMesh = async (
  { mesh, isAssumed, status }: MeshPlan,
  inputs: Inputs,
): Promise<Record<string, unknown>> => ({
  id: mesh.id,
  type: mesh.type,
  ...(mesh.version === undefined ? {} : { version: mesh.version }),
  assumed: isAssumed,
  status: await Promise.all(status.map(one => printedStatus(one, inputs))),
});

const printedStatus = async (
  { object, result, fields }: ObjectStatus,
  { locate }: Inputs,
): Promise<Record<string, unknown>> => {
  const withSource = async (field: FieldStatus) => {
    const source = await printedSource({ object, path: field.path }, locate);
    return { ...field, source };
  };
  const { object: named } = await printedSource({ object, path: '' }, locate);
  return { object: named, result, fields: await Promise.all(fields.map(withSource)) };
};
