import type { Field } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import type { AccessPolicy, AccessRule } from '../../model/capabilities/access.ts';
import type { RequestAuthentication, TokenIssuer } from '../../model/capabilities/request-authentication.ts';
import type { ServerScope } from '../../model/scope.ts';
import type { Attachment, Ground } from '../attachment.ts';
import { compileFindings } from '../findings.ts';
import { serverScopeOf } from '../server-scope.ts';
import { clausesOf, type Effect } from './conditions.ts';

export interface AccessCompiled {
  readonly access: readonly AccessPolicy[];
  readonly requestAuthentication: readonly RequestAuthentication[];
  readonly findings: readonly Finding[];
}

/** Denials are asked before permissions. */
const tiers = { deny: 1, allow: 2 } as const;

const titleOf = ({ policy, target }: Attachment): string => {
  const id = `${policy.namespace}/${policy.name}`;
  switch (target.level) {
    case 'mesh':
      return `${id} for the mesh`;
    case 'namespace':
      return `${id} for the namespace`;
    case 'service':
      return `${id} for ${target.service.id}${target.port === undefined ? '' : `:${target.port}`}`;
    case 'gateway':
      return `${id} for gateway ${target.gateway.id}`;
  }
};

const scopeOf = ({ target, policy }: Attachment, ground: Ground): ServerScope | undefined => {
  const { mesh } = ground;
  switch (target.level) {
    case 'mesh':
      return { mesh: mesh.id };
    case 'namespace':
      return { mesh: mesh.id, namespaces: [policy.namespace] };
    case 'service':
      return serverScopeOf(target.service, target.port, ground);
    case 'gateway':
      return { gateway: target.gateway.id };
  }
};

/** AccessPolicies as the model's, one for each target; they add up. */
export const accessOf = (attachments: readonly Attachment[], ground: Ground): AccessCompiled => {
  const access: AccessPolicy[] = [];
  const requestAuthentication: RequestAuthentication[] = [];
  const findings: Finding[] = [];
  for (const attachment of attachments) {
    const scope = scopeOf(attachment, ground);
    const { target, policy } = attachment;
    const { spec } = policy;
    const isSection = target.level === 'gateway' && target.listener !== undefined;
    if (isSection) {
      findings.push(
        findingOf(
          compileFindings,
          'POLICY006',
          attachment.field.at('sectionName'),
          'who gets in is decided for a whole Gateway',
        ),
      );
      continue;
    }
    if (!scope) {
      const what = target.level === 'service' ? `Service \`${target.service.id}\`` : 'what it names';
      findings.push(
        findingOf(compileFindings, 'POLICY004', attachment.field, `nothing is known of the pods behind ${what}`),
      );
      continue;
    }
    const id = titleOf(attachment);
    const effect: Effect = spec.text('action') === 'Deny' ? 'deny' : 'allow';
    const rules = spec.list('rules');
    const ids = ruleIds(rules);
    const tokens = spec.list('tokens');
    access.push({
      id,
      scope,
      tier: tiers[effect],
      rules: rules.map((rule, index) => ruleOf(rule, ids[index] ?? '', policy.namespace, effect)),
      otherwise: effect === 'allow' ? 'deny' : 'nothing',
      source: spec,
    });
    if (tokens.length > 0)
      requestAuthentication.push({
        id: `${id} tokens`,
        scope,
        issuers: tokens.map(issuerOf),
        source: spec.at('tokens') ?? spec,
      });
  }
  return { access, requestAuthentication, findings };
};

/** The names of rules; one that several bear is followed by where the rule stands. */
const ruleIds = (rules: readonly Field[]): readonly string[] => {
  const names = rules.map(rule => rule.text('name'));
  return names.map((name, index) => {
    if (name === undefined) return `rules[${index}]`;
    return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} rules[${index}]`;
  });
};

const ruleOf = (rule: Field, id: string, namespace: string, effect: Effect): AccessRule => {
  rule.isEmptyObject();
  return {
    id,
    effect,
    clauses: clausesOf(rule, namespace, effect),
    source: rule,
  };
};

const issuerOf = (field: Field): TokenIssuer => {
  const audiences = field.texts('audiences');
  const url = field.text('jwksUri');
  const keySet = field.text('jwks');
  return {
    issuer: field.text('issuer') ?? '',
    ...(audiences ? { audiences } : {}),
    keys:
      url !== undefined
        ? { kind: 'url', url }
        : keySet !== undefined
          ? { kind: 'inline', keySet }
          : { kind: 'discovered' },
    source: field,
  };
};
