import type {
  AccessClause,
  AccessCondition,
  AccessPolicy,
  AccessRule,
  AccessValue,
} from '../../../model/capabilities/access.ts';
import type { Gateway, Workload } from '../../../model/inventory.ts';
import { report } from '../reading.ts';
import { conditionsOf } from '../security/traps/identities.ts';
import type { Scene } from '../security/traps/scene.ts';

/** Reports what ambient mode makes of policies that were written with sidecars in mind, and the ways past a waypoint. */
export const findAmbientTraps = (scene: Scene): void => {
  const told = new Set<unknown>();
  for (const policy of scene.parts.access) {
    if (told.has(policy.source)) continue;
    told.add(policy.source);
    bypassTraps(scene, policy);
    addressTraps(scene, policy);
    const members = ambientMembers(scene, policy);
    if (members.length === 0) continue;
    requestTraps(scene, policy, members);
    waypointTraps(scene, policy, members);
  }
  for (const authentication of scene.parts.requestAuthentication) {
    const [member] = ambientMembers(scene, authentication);
    if (!member || !authentication.source) continue;
    const message = `nobody verifies tokens before \`${member.id}\`, whose own proxy sees no HTTP`;
    report(scene.reading, 'ISTIO302', authentication.source, message);
  }
};

const ambientMembers = (scene: Scene, { scope }: Pick<AccessPolicy, 'scope'>): readonly Workload[] =>
  scene.members(scope).filter(workload => scene.modeOf(workload) === 'ambient');

/** A clause that ztunnel never finds fulfilled. */
const isDead = ({ conditions }: AccessClause): boolean => conditions.some(({ whenUnseen }) => whenUnseen === 'fails');

/**
 * ztunnel drops a rule that allows by something of HTTP, and leaves HTTP out of one that denies; if nothing is left, the
 * rule denies nothing. External authorisers and AUDIT it does not know (Istio 1.31, ambient/authorization.go).
 */
const requestTraps = (scene: Scene, policy: AccessPolicy, [member]: readonly Workload[]): void => {
  const { reading } = scene;
  const at = `at \`${member?.id}\``;
  for (const rule of policy.rules) {
    const where = rule.source ?? policy.source!;
    if (rule.effect === 'ask' || rule.effect === 'audit') {
      report(
        reading,
        'ISTIO302',
        where,
        `${at} ztunnel ${rule.effect === 'ask' ? 'asks no authoriser' : 'records nothing'}`,
      );
      return;
    }
    const [domains] = conditionsOf(rule).filter(
      ({ attribute, whenUnseen }) => attribute === 'peer.trustDomain' && whenUnseen === 'holds',
    );
    if (domains) report(reading, 'ISTIO307', domains.source ?? where, `${at} the rule holds for every trust domain`);
    const unseen = conditionsOf(rule).filter(
      ({ attribute, whenUnseen }) => whenUnseen && attribute !== 'peer.trustDomain',
    );
    if (unseen.length === 0) continue;
    const deadDenial = rule.clauses.every(isDead)
      ? 'the rule denies nothing'
      : 'it is left out, and the rule denies more';
    const becomes = rule.effect === 'allow' ? 'the rule allows nobody' : deadDenial;
    report(reading, 'ISTIO301', unseen[0]?.source ?? where, `${at} ztunnel sees no HTTP: ${becomes}`);
  }
};

const waypointsBefore = (scene: Scene, workload: Workload): readonly Gateway[] => {
  const ids = new Set(scene.reading.directory.servicesOf(workload).flatMap(({ waypoint }) => waypoint ?? []));
  return scene.reading.inventory.gateways.filter(({ id }) => ids.has(id));
};

const identityAttributes = new Set(['peer.identity', 'peer.namespace', 'peer.trustDomain']);

const isIdentity = ({ attribute }: AccessCondition): boolean => identityAttributes.has(attribute);

const textTakes = (value: AccessValue, text: string): boolean => {
  if (value.kind === 'exact') return text === value.value;
  if (value.kind === 'prefix') return text.startsWith(value.value);
  if (value.kind === 'suffix') return text.endsWith(value.value);
  return true;
};

/** Whether a condition about the caller holds for a waypoint; what cannot be told here counts as holding. */
const takesWaypoint = (
  { attribute, values, negated }: AccessCondition,
  waypoint: Gateway,
  trustDomain: string,
): boolean => {
  const { namespace, serviceAccount = '' } = waypoint;
  const takes = (value: AccessValue): boolean => {
    if (value.kind === 'serviceAccount') return value.namespace === namespace && value.name === serviceAccount;
    if (attribute === 'peer.namespace') return textTakes(value, namespace);
    if (attribute === 'peer.trustDomain') return textTakes(value, trustDomain);
    return textTakes(value, `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`);
  };
  return values.some(takes) !== negated;
};

/**
 * Traffic that comes through a waypoint arrives in the waypoint's name: a workload's own policy about callers then
 * shuts everybody out, or denies nobody (meshes.md A.1.4).
 */
const waypointTraps = (scene: Scene, policy: AccessPolicy, members: readonly Workload[]): void => {
  const { reading } = scene;
  for (const member of members) {
    for (const waypoint of waypointsBefore(scene, member)) {
      const admits = ({ conditions }: AccessClause) =>
        conditions.filter(isIdentity).every(condition => takesWaypoint(condition, waypoint, reading.mesh.trustDomain));
      const trap = wrongRule(scene, policy, member, admits);
      if (!trap) continue;
      const effect = trap.effect === 'allow' ? 'which no rule allows' : 'so that nobody is denied';
      const message = `callers of \`${member.id}\` come as its waypoint \`${waypoint.namespace}/${waypoint.serviceAccount}\`, ${effect}`;
      report(reading, 'ISTIO306', trap.source ?? policy.source!, message);
      return;
    }
  }
};

const wrongRule = (
  scene: Scene,
  policy: AccessPolicy,
  member: Workload,
  admits: (clause: AccessClause) => boolean,
): AccessRule | undefined => {
  const aboutCallers = policy.rules.filter(({ clauses }) =>
    clauses.some(({ conditions }) => conditions.some(isIdentity)),
  );
  const denial = aboutCallers.find(({ effect, clauses }) => effect === 'deny' && !clauses.some(admits));
  if (denial) return denial;
  const all = scene.policiesAt({ namespace: member.namespace, labels: member.labels }).flatMap(({ rules }) => rules);
  const isAdmitted = all.some(({ effect, clauses }) => effect === 'allow' && clauses.some(admits));
  return isAdmitted ? undefined : aboutCallers.find(({ effect }) => effect === 'allow');
};

/** Of the connections that come out of its tunnels a waypoint's rules know no address, so that no range has one. */
const addressTraps = (scene: Scene, policy: AccessPolicy): void => {
  const { reading } = scene;
  const { services, gateway } = policy.scope;
  const isThere = reading.inventory.services.some(
    ({ id, waypoint }) => waypoint !== undefined && (services?.includes(id) || gateway === waypoint),
  );
  if (!isThere) return;
  for (const rule of policy.rules) {
    const asked = conditionsOf(rule).find(({ attribute }) => attribute === 'peer.address');
    if (!asked) continue;
    const effect = asked.negated ? 'holds for everybody' : 'holds for nobody';
    report(reading, 'ISTIO308', asked.source ?? rule.source ?? policy.source!, `a condition on addresses ${effect}`);
  }
};

/** A sidecar never looks for a waypoint and goes straight to the pods; a policy enforced at the waypoint misses it. */
const bypassTraps = (scene: Scene, policy: AccessPolicy): void => {
  const { reading } = scene;
  const { services, gateway } = policy.scope;
  const guarded = reading.inventory.services.filter(
    ({ id, waypoint }) => waypoint !== undefined && (services?.includes(id) || gateway === waypoint),
  );
  if (guarded.length === 0 || policy.rules.every(({ effect }) => effect === 'audit')) return;
  const callers = reading.inventory.workloads.filter(workload => scene.modeOf(workload) === 'sidecar');
  const [caller] = callers;
  const open = guarded.find(({ endpoints }) =>
    reading.directory
      .workloadsOf(endpoints)
      .some(
        ({ namespace, labels }) =>
          !scene.policiesAt({ namespace, labels }).some(({ otherwise }) => otherwise === 'deny'),
      ),
  );
  if (!caller || !open) return;
  const others = callers.length > 1 ? ` and ${callers.length - 1} more with a sidecar` : '';
  const message = `\`${caller.id}\`${others} can reach \`${open.id}\` without passing its waypoint`;
  report(reading, 'ISTIO304', policy.source!, message);
};
