import type { AccessAttribute, AccessRule } from '../model/capabilities/access.ts';
import type { LoadBalancing } from '../model/capabilities/load-balancing.ts';
import type { PathRewrite } from '../model/capabilities/rewrite.ts';
import type { CapabilityId } from '../model/capability.ts';
import type { HeaderMatch, PathMatch } from '../model/match.ts';

const access = (attribute: AccessAttribute): CapabilityId => {
  if (attribute.startsWith('token.')) return 'access-token';
  if (attribute.startsWith('request.header:')) return 'access-header';
  if (attribute.startsWith('request.')) return 'access-request';
  if (attribute.endsWith('.address')) return 'access-address';
  return 'access-identity';
};

/** Which capability of the catalogue a leaf belongs to. */
export const capabilityOf = {
  path: (path: PathMatch): CapabilityId => {
    if (path.kind !== 'regex' && path.ignoreCase) return 'path-ignore-case';
    const ids = {
      exact: 'path-exact',
      prefix: 'path-prefix',
      segmentPrefix: 'path-segment-prefix',
      regex: 'path-regex',
    } as const;
    return ids[path.kind];
  },
  header: (header: HeaderMatch): CapabilityId => {
    const { match, inverted } = header;
    if (inverted) return match.kind === 'present' ? 'header-absent' : 'header-negation';
    const ids = {
      exact: 'header-exact',
      prefix: 'header-prefix',
      suffix: 'header-prefix',
      regex: 'header-regex',
      present: 'header-present',
    } as const;
    return ids[match.kind];
  },
  timeout: (field: string): CapabilityId =>
    field === 'request' ? 'timeout-request' : field === 'perTry' ? 'timeout-per-try' : 'timeout-idle',
  retry: (field: string): CapabilityId => {
    if (field === 'max') return 'retry-count';
    if (field === 'budget') return 'retry-budget';
    return field === 'backoff' ? 'retry-backoff' : 'retry-conditions';
  },
  rewrite: (path: PathRewrite | undefined): CapabilityId =>
    path?.kind === 'regex' ? 'rewrite-path-regex' : 'rewrite-path',
  balancing: (value: LoadBalancing | undefined): CapabilityId =>
    value?.algorithm.value.kind === 'consistentHash' ? 'consistent-hash' : 'load-balancing',
  connectionLimit: (): CapabilityId => 'connection-limits',
  outlier: (field: string): CapabilityId =>
    field.startsWith('consecutive') ? 'outlier-consecutive' : 'outlier-limits',
  meshDefault: (field: string): CapabilityId => {
    const ids: Readonly<Record<string, CapabilityId>> = {
      retries: 'retry-count',
      timeouts: 'timeout-request',
      loadBalancing: 'load-balancing',
      connectionLimits: 'connection-limits',
      outlierDetection: 'outlier-consecutive',
      access: 'access-identity',
    };
    return ids[field] ?? 'authority-match';
  },
  accessRule: (rule: AccessRule): CapabilityId => {
    if (rule.effect === 'ask') return 'access-external';
    if (rule.effect === 'audit') return 'access-audit';
    if (rule.effect === 'deny') return 'access-deny';
    const order: readonly CapabilityId[] = ['access-token', 'access-header', 'access-request', 'access-address'];
    const used = new Set(rule.clauses.flatMap(clause => clause.conditions.map(c => access(c.attribute))));
    for (const clause of rule.clauses) if (clause.request) used.add('access-request');
    return order.find(id => used.has(id)) ?? 'access-identity';
  },
  accessAttribute: access,
} as const;
