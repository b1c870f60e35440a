import type { Field } from '../../../base/field.ts';
import type { AccessPolicy, AccessRule } from '../../../model/capabilities/access.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { metadataOf, type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading } from '../reading.ts';
import { type PolicyContext, readClauses } from './access-clauses.ts';
import { policyScopes } from './policy-scope.ts';

/** How Istio orders the actions: an external authoriser is asked first, then denials, then permissions. */
export const tiers = { ask: 0, deny: 1, audit: 1, allow: 2 } as const;

const effects = { ALLOW: 'allow', DENY: 'deny', AUDIT: 'audit', CUSTOM: 'ask' } as const;

/** The annotation that makes an ALLOW or DENY policy report what it would do. Istio reads it as Go reads booleans. */
const isDryRun = (object: NativeObject): boolean =>
  /^(1|t|true)$/i.test(metadataOf(object).annotations['istio.io/dry-run'] ?? '');

/**
 * AuthorizationPolicies, older first. Policies add up: a match in any of several is enough, and an ALLOW policy closes
 * the servers it covers to what no rule allows (observed, rows 14.1–14.6).
 */
export const readAuthorizationPolicies = (reading: Reading): AccessPolicy[] => {
  const ambient = hasAmbientWorkloads(reading);
  return objectsOf(reading, 'security.istio.io', 'AuthorizationPolicy').flatMap(object => {
    const spec = reading.snapshot.field(object).at('spec');
    spec?.isEmptyObject();
    const scopes = policyScopes(reading, object, spec);
    if (scopes.length === 0) spec?.leave('nothing that is known is a target of this policy');
    return scopes.map(scope => readPolicy(reading, object, { spec, scope, ambient }));
  });
};

interface Written {
  readonly spec: Field | undefined;
  readonly scope: ServerScope;
  /** Whether some workloads of the mesh are in ambient mode. */
  readonly ambient: boolean;
}

/** An empty policy allows nothing: everything it covers is denied (observed, rows 14.1, 14.2). */
const readPolicy = (reading: Reading, object: NativeObject, written: Written): AccessPolicy => {
  const { spec, scope } = written;
  const action = spec?.text('action') ?? 'ALLOW';
  const effect = effects[action as keyof typeof effects] ?? 'allow';
  const records = isDryRun(object) ? 'audit' : effect;
  const namespace = namespaceOf(object.ref);
  const place = scope.gateway === undefined ? '' : ` at ${scope.gateway}`;
  const context = { mesh: reading.mesh, namespace, effect, hasConnectionProxies: written.ambient };
  return {
    id: `${namespace}/${object.ref.name}${place}`,
    scope,
    tier: tiers[records],
    rules: readRules(spec, context).map(rule => ({ ...rule, effect: records })),
    otherwise: records === 'allow' ? 'deny' : 'nothing',
    source: spec ?? { object: object.ref, path: '' },
  };
};

const readRules = (spec: Field | undefined, context: PolicyContext): AccessRule[] => {
  const authoriser = spec?.find('provider')?.text('name');
  return (spec?.list('rules') ?? []).map((rule, index) => {
    rule.isEmptyObject();
    return {
      id: `rules[${index}]`,
      effect: context.effect,
      ...(context.effect === 'ask' && authoriser !== undefined ? { authoriser } : {}),
      clauses: readClauses(rule, context),
      source: rule,
    };
  });
};

/** Whether some workload is in ambient mode, where its own proxy sees connections only. */
export const hasAmbientWorkloads = ({ inventory, mesh }: Pick<Reading, 'inventory' | 'mesh'>): boolean =>
  inventory.workloads.some(({ memberships }) =>
    memberships.some(membership => membership.mesh === mesh.id && membership.mode === 'ambient'),
  );
