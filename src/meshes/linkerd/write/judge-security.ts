import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { Judge } from '../../../adapter/judge.ts';
import type { AccessClause, AccessPolicy, AccessRule } from '../../../model/capabilities/access.ts';
import type { PeerEncryption } from '../../../model/capabilities/encryption.ts';
import type { RateLimit } from '../../../model/capabilities/rate-limit.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { isOpen } from '../default-policy.ts';
import type { Judging } from './judging.ts';
import { type Coverage, coverageOf } from './security/coverage.ts';
import { withoutPorts } from './security/coverings.ts';
import { isOwnForm } from './security/decision.ts';
import { clausesOf } from './security/grants.ts';
import { coversPods } from './security/pod-sets.ts';
import { normalPaths } from './security/safe-path.ts';
import { type SecurityPlan, wordsFor } from './security/server-plan.ts';

type SecurityJudge = Pick<
  Judge,
  | 'encryption'
  | 'accessPolicy'
  | 'accessRule'
  | 'tokenIssuer'
  | 'rateLimit'
  | 'visibility'
  | 'exposure'
  | 'egress'
  | 'externalService'
  | 'gateway'
  | 'listener'
>;

/** What a plan for the model says, and the statements in it that cannot be told from others. */
export interface Planned {
  readonly plan: SecurityPlan;
  readonly entangled: ReadonlySet<string>;
}

/** Whether what kept somebody out still does. Nothing here lets anyone in who was not let in before. */
export const securityJudge = (judging: Judging, planned: Planned): SecurityJudge => ({
  encryption: encryption => encryptionVerdict(encryption, judging, planned),
  accessPolicy: policy => policyVerdict(policy, judging, planned),
  accessRule: (rule, policy) => ruleVerdict(rule, policy, judging, planned),
  tokenIssuer: ({ issuer }) =>
    refused('access-token', `tokens of \`${issuer}\` would not be verified`, {
      severity: 'security',
      workaround: 'verify tokens at the gateway, or in the application',
    }),
  rateLimit: limit => limitVerdict(limit, judging, planned),
  visibility: () => refused('visibility', 'every client knows every service'),
  exposure: ({ service }) => refused('visibility', `every client knows \`${service}\``),
  egress: ({ mode }) =>
    mode.value === 'allow'
      ? refused('egress-default', 'unknown hosts are let through when nothing is said', { effect: 'none' })
      : refused('egress-default', 'traffic to unknown hosts would no longer be stopped', {
          severity: 'security',
          workaround: 'write an EgressNetwork with `trafficPolicy: Deny`, which covers addresses outside the cluster',
        }),
  externalService: ({ id }) =>
    refused('egress-hosts', `host \`${id}\` cannot be made known`, {
      workaround: 'put a Service of type ExternalName before the host',
    }),
  gateway: () =>
    refused('gateway', 'Linkerd has no ingress of its own', {
      workaround: 'convert the gateway to Gateway API and mesh its pods',
    }),
  listener: () => refused('gateway', 'Linkerd has no ingress of its own'),
});

const inTheWay = 'the same labels select pods for which something else is wanted';
const addObjects = 'add the workloads and the Namespace to the input, or set proxy.defaultInboundPolicy in the chart';

const encryptionVerdict = (
  encryption: PeerEncryption,
  judging: Judging,
  { plan, entangled }: Planned,
): Verdict<PeerEncryption> => {
  const { id, scope, mode } = encryption;
  if (mode.value === 'disabled') {
    const permissive: PeerEncryption = { ...encryption, mode: { ...mode, value: 'permissive' } };
    if (!isKnownByIdentity(scope, judging)) {
      return approximated(permissive, 'encryption-mode', 'meshed clients encrypt all the same');
    }
    const message = 'meshed clients encrypt all the same, and get in by identities that nobody proved before';
    return approximated(permissive, 'encryption-mode', message, {
      severity: 'security',
      workaround: 'take out the rules that let callers in by their identities, which let nobody in without encryption',
    });
  }
  const severity = mode.value === 'strict' ? 'security' : 'behaviour';
  if (entangled.has(id)) return refused('encryption-scope', inTheWay, { severity });
  const covers = coverageOf(scope, plan, judging);
  if (mode.value === 'permissive') return permissiveVerdict(covers, judging);
  if (isKeptByMesh(judging)) return 'applied';
  if (covers.reach === 'whole') return 'applied';
  if (covers.reach === 'nothing') return refused('encryption-scope', covers.why, { severity, workaround: addObjects });
  return approximated(encryption, 'encryption-scope', covers.missed, { severity, workaround: addObjects });
};

/** Whether some rule for the same servers lets callers in by what only encryption proves of them. */
const isKnownByIdentity = (scope: ServerScope, { model }: Judging): boolean =>
  model.access.some(policy => mayMeet(policy.scope, scope) && policy.rules.some(admitsByIdentity));

const admitsByIdentity = ({ effect, clauses }: AccessRule): boolean =>
  effect === 'allow' &&
  clauses.some(({ conditions }) =>
    conditions.some(({ attribute }) => attribute.startsWith('peer.') && attribute !== 'peer.address'),
  );

/** Whether some server may be of both scopes. */
const mayMeet = (a: ServerScope, b: ServerScope): boolean =>
  (!a.namespaces || !b.namespaces || a.namespaces.some(one => b.namespaces?.includes(one))) &&
  Object.entries(a.labels ?? {}).every(([key, value]) => (b.labels?.[key] ?? value) === value);

/** Plaintext is let in when nothing is said, unless the mesh was installed otherwise. */
const permissiveVerdict = (covers: Coverage, judging: Judging): Verdict<PeerEncryption> =>
  covers.reach === 'nothing' && !isOpen(judging.plane.defaultPolicy)
    ? refused('encryption-scope', covers.why)
    : 'applied';

/** The whole mesh asks for an identity already. */
const isKeptByMesh = ({ plane }: Judging): boolean => plane.defaultPolicy.authenticated || isShutByMesh({ plane });

const isShutByMesh = ({ plane }: Pick<Judging, 'plane'>): boolean => plane.defaultPolicy.allows === 'nobody';

/** Whether a policy keeps anyone out. */
const restricts = ({ rules, otherwise }: AccessPolicy): boolean =>
  otherwise === 'deny' || rules.some(({ effect }) => effect === 'deny' || effect === 'ask');

const policyVerdict = (policy: AccessPolicy, judging: Judging, { plan, entangled }: Planned): Verdict<AccessPolicy> => {
  const severity = restricts(policy) ? 'security' : 'behaviour';
  if (policy.rules.length > 0 && policy.otherwise === 'nothing' && policy.rules.every(isUnsayable)) return 'applied';
  if (entangled.has(policy.id)) return refused('access-scope', inTheWay, { severity });
  const covers = coverageOf(policy.scope, plan, judging);
  if (covers.reach === 'nothing') return refused('access-scope', covers.why, { severity, workaround: addObjects });
  if (covers.reach === 'part' && restricts(policy) && !isShutByMesh(judging)) {
    return approximated(policy, 'access-scope', covers.missed, { severity, workaround: addObjects });
  }
  if (policy.deniedStatus === undefined || policy.deniedStatus === 403) return 'applied';
  return approximated({ ...policy, deniedStatus: 403 }, 'access-status', 'whoever is denied gets 403');
};

/** Each of its rules is refused on its own account. */
const isUnsayable = ({ effect }: AccessRule): boolean => effect === 'deny' || effect === 'ask';

const ruleVerdict = (
  rule: AccessRule,
  policy: AccessPolicy,
  judging: Judging,
  { plan }: Planned,
): Verdict<AccessRule> => {
  if (isOwnForm(rule, policy)) return 'applied';
  if (rule.effect === 'deny') {
    return refused('access-deny', 'authorizations only ever allow', {
      severity: 'security',
      workaround: 'say who may come in instead; whoever is not named is then denied',
    });
  }
  if (rule.effect === 'ask') {
    return refused('access-external', `nobody is asked: \`${rule.authoriser ?? 'the authoriser'}\` has no say`, {
      severity: 'security',
      workaround: 'ask at the gateway, or in the application',
    });
  }
  if (rule.effect === 'audit') return refused('access-audit', 'requests are noted on a whole port, or not at all');
  const clauses = clausesOf(rule, wordsFor(judging));
  if ('code' in clauses) return { result: 'refused', loss: clauses };
  if (plan.unclear.has(rule)) {
    return refused('access-request', 'no match says which requests another rule lets others in for too', {
      workaround: 'make the paths of the two rules the same, or such that none is in both',
    });
  }
  if (!isOnKnownPorts(policy.scope, plan) && rule.clauses.length > 0) {
    return refused('access-port', 'no port of the pods is known to let anyone in at', { workaround: addObjects });
  }
  return pathVerdict(rule, judging);
};

const isOnKnownPorts = (scope: ServerScope, plan: SecurityPlan): boolean =>
  scope.ports !== undefined || plan.pods.some(pods => pods.ports.length > 0 && coversPods(withoutPorts(scope), pods));

/**
 * A mesh that puts paths into their normal form first lets a request in by what it comes to; Linkerd goes by what was
 * sent. Only what is in its normal form already is let in, so that nothing else gets through.
 */
const pathVerdict = (rule: AccessRule, judging: Judging): Verdict<AccessRule> => {
  if (!judging.normalizes) return 'applied';
  let isNarrower = false;
  const clauses = rule.clauses.map((clause): AccessClause => {
    const conditions = clause.conditions.map(condition => {
      const narrow = normalPaths(condition);
      if (narrow !== condition) isNarrower = true;
      return narrow;
    });
    return { ...clause, conditions };
  });
  if (!isNarrower) return 'applied';
  const message = 'paths are compared as they were sent, and only those in their normal form are let in';
  return approximated({ ...rule, clauses }, 'access-path', message);
};

const limitVerdict = (limit: RateLimit, judging: Judging, { plan, entangled }: Planned): Verdict<RateLimit> => {
  if (entangled.has(limit.id)) return refused('rate-limit-scope', inTheWay);
  const covers = coverageOf(limit.scope, plan, judging);
  if (covers.reach === 'nothing') return refused('rate-limit-scope', covers.why, { workaround: addObjects });
  const values = [limit.total, limit.perIdentity, ...(limit.overrides ?? []).map(one => one.requestsPerSecond)];
  if (values.some(value => value !== undefined && (!Number.isInteger(value) || value <= 0))) {
    return refused('rate-limit-value', 'a limit is a whole number of requests a second, and more than none');
  }
  if (limit.overrides?.some(({ callers }) => callers.some(({ kind }) => kind !== 'serviceAccount'))) {
    return refused('rate-limit-callers', 'exceptions are for service accounts');
  }
  if (limit.status === 429) return cappedVerdict(limit);
  return approximated({ ...capped(limit), status: 429 }, 'rate-limit-status', 'requests beyond the limit get 429');
};

/** The admission webhook takes no limit above the total, which is never reached. */
const capped = (limit: RateLimit): RateLimit => {
  const { total = Number.POSITIVE_INFINITY, perIdentity, overrides } = limit;
  return {
    ...limit,
    ...(perIdentity === undefined ? {} : { perIdentity: Math.min(perIdentity, total) }),
    ...(overrides
      ? { overrides: overrides.map(one => ({ ...one, requestsPerSecond: Math.min(one.requestsPerSecond, total) })) }
      : {}),
  };
};

const cappedVerdict = (limit: RateLimit): Verdict<RateLimit> => {
  const { total = Number.POSITIVE_INFINITY, perIdentity = 0, overrides = [] } = limit;
  const highest = Math.max(perIdentity, ...overrides.map(one => one.requestsPerSecond));
  if (highest <= total) return 'applied';
  return approximated(capped(limit), 'rate-limit-value', 'no limit is above the total', { effect: 'none' });
};
