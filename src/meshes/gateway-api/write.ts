import type { WriteResult, WriteTarget } from '../../adapter/adapter.ts';
import { dataPlaneLosses } from '../../adapter/data-plane-losses.ts';
import { fitModel } from '../../adapter/fit-model.ts';
import { withFreeNames } from '../../adapter/free-names.ts';
import { joinedLosses } from '../../adapter/joined.ts';
import { retarget } from '../../adapter/retarget.ts';
import { findingOf } from '../../base/finding.ts';
import type { Model } from '../../model/model.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { specificationProfile } from '../../native/gateway-api/profile.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import { installedCrds } from './detect.ts';
import { emit } from './emit.ts';
import { adapterFindings } from './findings.ts';
import { judgeFor } from './judge.ts';
import { judgingOf } from './judging.ts';

/** Judges every leaf, then writes what is left; see docs/decisions/0002-writers-judge-and-emit.md. */
export const write = (model: Model, target: WriteTarget): WriteResult => {
  const isExperimental = installedCrds(target.snapshot)?.channel === 'experimental';
  const moved = retarget(model, target.mesh);
  const judging = judgingOf(moved, specificationProfile, isExperimental);
  const { expected, dispositions } = fitModel(moved, judgeFor(judging, target.mesh.defaults));
  const className = gatewayClass(target.snapshot);
  const objects = withFreeNames(emit(expected, judging, className ?? 'gateway'), target.snapshot);
  const gateway = className === undefined ? objects.find(({ kind }) => kind === 'Gateway') : undefined;
  return {
    objects,
    dispositions: [...dispositions, ...dataPlaneLosses(model, target.mesh), ...joinedLosses(model)],
    expected,
    findings: [
      ...judging.findings,
      ...(gateway
        ? [
            findingOf(
              adapterFindings,
              'GWAPI201',
              { apiVersion: gateway.apiVersion, kind: gateway.kind, ...gateway.metadata },
              'the input holds no GatewayClass; `gateway` is written',
            ),
          ]
        : []),
    ],
  };
};

/** The class of the cluster; of several, the first by name. */
const gatewayClass = (snapshot: Snapshot): string | undefined =>
  snapshot
    .of(gatewayGroup, 'GatewayClass')
    .map(({ ref }) => ref.name)
    .sort()[0];
