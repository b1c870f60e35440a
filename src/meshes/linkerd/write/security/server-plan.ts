import type { AccessRule } from '../../../../model/capabilities/access.ts';
import type { Model } from '../../../../model/model.ts';
import type { Judging } from '../judging.ts';
import type { Realm } from './callers.ts';
import { Coverings } from './coverings.ts';
import { asked } from './demand.ts';
import { type Gathered, gatherServers } from './gather-servers.ts';
import type { Words } from './grants.ts';
import { type Defaults, planDefaults } from './plan-defaults.ts';
import type { PodSet } from './pod-sets.ts';
import { wishesOf } from './port-wishes.ts';
import { unclearRules } from './requests.ts';

/** Servers and default policies to write, and what they cannot say. */
export interface SecurityPlan extends Gathered, Pick<Defaults, 'defaults' | 'bare'> {
  readonly pods: readonly PodSet[];
  /** Rules that let in requests of which no match can say which of them other rules let in too. */
  readonly unclear: ReadonlySet<AccessRule>;
}

/** Trust domains that mean the mesh itself, and how paths are compared where the rules come from. */
export const wordsFor = (judging: Judging): Words => {
  const meshes = judging.model.meshes.flatMap(mesh => [mesh.trustDomain, ...mesh.trustDomainAliases]);
  const realm: Realm = {
    controlPlaneNamespace: judging.target.namespace,
    trustDomain: judging.target.trustDomain,
    ownDomains: [...new Set(['cluster.local', judging.target.trustDomain, ...meshes])],
  };
  return { realm, normalizes: judging.normalizes };
};

/** Servers and default policies that do what encryption, access and limits of a model ask for. */
export const planSecurity = (model: Model, judging: Judging): SecurityPlan => {
  const coverings = new Coverings(model, judging, wordsFor(judging));
  const { defaults, bare, policyOf } = planDefaults(coverings, judging);
  const wishes = wishesOf(coverings, model, judging, policyOf);
  const unclear = new Set(
    wishes.flatMap(({ decisions }) => unclearRules(asked(decisions).flatMap(({ allowed }) => allowed))),
  );
  return { pods: coverings.pods, defaults, bare, unclear, ...gatherServers(wishes, coverings) };
};
