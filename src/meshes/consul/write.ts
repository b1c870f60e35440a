import type { Manifest, WriteResult, WriteTarget } from '../../adapter/adapter.ts';
import type { Addition } from '../../adapter/annotated-objects.ts';
import { dataPlaneLosses } from '../../adapter/data-plane-losses.ts';
import { type Disposition, refused } from '../../adapter/disposition.ts';
import { fitModel } from '../../adapter/fit-model.ts';
import { withFreeNames } from '../../adapter/free-names.ts';
import { joinedLosses } from '../../adapter/joined.ts';
import { retarget } from '../../adapter/retarget.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import type { Gateway } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';
import { emit } from './emit.ts';
import { asInConsul } from './expected.ts';
import { consulFindings } from './findings.ts';
import { judgeFor } from './judge.ts';
import { injectAnnotation } from './sidecar.ts';
import { withSharedPorts } from './write/gateway/ports.ts';
import { judgingOf } from './write/judging.ts';
import { besideUsers } from './write/users-objects.ts';

/** Judges every leaf, then writes what is left; see docs/decisions/0002-writers-judge-and-emit.md. */
export const write = (model: Model, target: WriteTarget): WriteResult => {
  const wished = retarget(model, target.mesh);
  const judging = judgingOf(wished, target);
  const { expected: fitted, dispositions } = fitModel(wished, judgeFor(judging));
  const expected = withSharedPorts(fitted);
  const { objects, atEdge, additions } = emit(expected, judging);
  const beside = besideUsers(objects, target.snapshot);
  return {
    objects: [...beside.objects, ...withFreeNames(atEdge, target.snapshot)],
    dispositions: [
      ...dispositions,
      ...dataPlaneLosses(model, target.mesh),
      ...joinedLosses(model),
      ...plaintextLoss(model),
      ...gatewayDefaults(model, expected),
    ],
    expected: asInConsul(expected, objects, judging),
    findings: [
      ...judging.findings,
      ...additions.map(tellAddition),
      ...beside.findings,
      ...outside(expected),
      ...tellWaysOut(beside.objects),
    ],
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

/** Gateways that no mesh ran: how they treat what they send to was left to whoever did. */
const gatewayDefaults = ({ meshes, inventory }: Model, expected: Model): readonly Disposition[] => {
  const isWritten = ({ id }: Gateway): boolean => expected.inventory.gateways.some(gateway => gateway.id === id);
  const isRun = ({ mesh, purpose }: Gateway): boolean =>
    meshes.some(({ id, dataPlanes }) => id === mesh && (purpose in dataPlanes || 'gateway' in dataPlanes));
  const { loss } = refused(
    'gateway-defaults',
    'it is a client of the mesh now: endpoints take turns, a connection stands after 5 s, failing endpoints are taken out',
  );
  return inventory.gateways
    .filter(gateway => gateway.purpose === 'ingress' && isWritten(gateway) && !isRun(gateway))
    .map(gateway => ({
      capability: 'gateway',
      subject: gateway.id,
      leaf: 'data plane.gateway',
      result: 'approximated',
      loss,
      ...(gateway.source ? { source: gateway.source } : {}),
    }));
};

/** Nobody knows whether a gateway runs that leads out. */
const tellWaysOut = (objects: readonly Manifest[]): readonly Finding[] =>
  objects
    .filter(({ kind }) => kind === 'TerminatingGateway')
    .map(({ apiVersion, kind, metadata }) =>
      findingOf(consulFindings, 'CONSUL304', { apiVersion, kind, ...metadata }, `\`${metadata.name}\` leads outside`),
    );

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
