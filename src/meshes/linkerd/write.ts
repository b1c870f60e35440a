import type { Manifest, WriteResult, WriteTarget } from '../../adapter/adapter.ts';
import type { Addition } from '../../adapter/annotated-objects.ts';
import { dataPlaneLosses } from '../../adapter/data-plane-losses.ts';
import type { Disposition } from '../../adapter/disposition.ts';
import { type Fitted, fitModel } from '../../adapter/fit-model.ts';
import { withFreeNames } from '../../adapter/free-names.ts';
import { joinedLosses } from '../../adapter/joined.ts';
import { retarget } from '../../adapter/retarget.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import type { Model } from '../../model/model.ts';
import { emit } from './emit.ts';
import { asInLinkerd } from './expected.ts';
import { linkerdFindings } from './findings.ts';
import { judgeFor } from './judge.ts';
import { joinMembers } from './membership.ts';
import { detectedPorts } from './write/detected-ports.ts';
import { type Judging, judgingOf } from './write/judging.ts';
import { refusedProbes } from './write/probes.ts';
import { planSecurity, type SecurityPlan } from './write/security/server-plan.ts';

/** Judges every leaf, then writes what is left; see docs/decisions/0002-writers-judge-and-emit.md. */
export const write = (model: Model, target: WriteTarget): WriteResult => {
  const { inventory, ...moved } = retarget(model, target.mesh);
  // How ports are declared does not matter here: a table is for the ports that carried it where it comes from.
  const wished: Model = { ...moved, inventory: { ...inventory, services: model.inventory.services } };
  const judging = judgingOf(wished, model, target);
  const { expected, dispositions, plan } = fitted(wished, judging);
  const { objects, additions } = emit(expected, plan, inOwnTerms(judging));
  const there = asInLinkerd(expected, judging);
  return {
    objects: withFreeNames(objects, target.snapshot),
    dispositions: [
      ...dispositions,
      ...dataPlaneLosses(model, target.mesh).map(onlyAllowing),
      ...joinedLosses(model),
      ...detectedPorts(model, there),
    ],
    expected: there,
    findings: [
      ...judging.findings,
      ...additions.map(tellAddition),
      ...objects.flatMap(tellMachine),
      ...outside(expected, judging),
      ...refusedProbes(objects, expected.inventory.workloads, target.snapshot),
    ],
  };
};

/** What is left has been put into Linkerd's terms: its paths are those that were sent. */
const inOwnTerms = (judging: Judging): Judging => ({ ...judging, normalizes: false });

/** What is not put into its normal form is never let in (`normalPaths`): nobody gets in who did not before. */
const onlyAllowing = (disposition: Disposition): Disposition =>
  disposition.loss?.code === 'path-normalization'
    ? { ...disposition, loss: { ...disposition.loss, severity: 'behaviour' } }
    : disposition;

/** What is left of the wishes, and the Servers for it. */
interface FittedAndPlanned extends Fitted {
  readonly plan: SecurityPlan;
}

/**
 * What is refused is gone, and what is left may then need other Servers than before. So it is judged again until no
 * statements are left that labels cannot tell apart.
 */
const fitted = (moved: Model, judging: Judging): FittedAndPlanned => {
  const wished = planSecurity(moved, judging);
  const entangled = new Set(wished.entangled);
  for (;;) {
    const result = fitModel(moved, judgeFor(judging, { plan: wished, entangled }));
    const plan = planSecurity(result.expected, inOwnTerms(judging));
    const known = entangled.size;
    for (const id of plan.entangled) entangled.add(id);
    if (entangled.size === known) return { ...result, plan };
  }
};

const tellAddition = ({ object, annotations }: Addition): Finding => {
  const added = Object.entries(annotations).map(([key, value]) => `\`${key}: ${value}\``);
  return findingOf(linkerdFindings, 'LINKERD301', object.ref, `${added.join(', ')} on ${object.ref.kind}`);
};

/** What has to be set up on a machine, which no object in the cluster does. */
const tellMachine = ({ kind, metadata, spec }: Manifest): readonly Finding[] => {
  if (kind !== 'ExternalWorkload') return [];
  const { identity, serverName } = (spec as { readonly meshTLS: Readonly<Record<string, string>> }).meshTLS;
  const message = `machine \`${metadata.namespace}/${metadata.name}\`: identity \`${identity}\`, server name \`${serverName}\``;
  return [findingOf(linkerdFindings, 'LINKERD303', undefined, message)];
};

/** Members of the other mesh that Linkerd's injector would pass over as things are. */
const outside = ({ inventory }: Model, { target }: Judging): readonly Finding[] => {
  const strangers = inventory.workloads.map(workload => ({ ...workload, memberships: [] }));
  const joined = joinMembers({ ...inventory, workloads: strangers }, target).inventory.workloads;
  return inventory.workloads.flatMap(({ id, memberships, isMachine, source }, at) =>
    !isMachine && memberships.length > 0 && joined[at]?.memberships.length === 0
      ? [findingOf(linkerdFindings, 'LINKERD302', source, `\`${id}\` has no Linkerd proxy`)]
      : [],
  );
};
