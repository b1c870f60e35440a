import { describe, expect, it } from 'vitest';
import type { AccessCondition, AccessPolicy } from '../../model/capabilities/access.ts';
import { accessConfig, allowFilter, denyFilter, whyNotRule } from './access.ts';

const path = (value: string): AccessCondition => ({
  attribute: 'request.path',
  values: [{ kind: 'prefix', value }],
  negated: false,
  whenAbsent: 'fails',
  whenNotHttp: 'fails',
});

const policy = (
  effect: 'allow' | 'deny',
  conditions: readonly AccessCondition[],
  otherwise: AccessPolicy['otherwise'] = 'nothing',
): AccessPolicy => ({
  id: effect,
  scope: { gateway: 'shop/edge' },
  tier: 0,
  rules: [{ id: 'rule', effect, clauses: [{ conditions }] }],
  otherwise,
});

const principals = (config: unknown, filter: string): unknown =>
  Object.values(
    (config as Record<string, { rbac: { rules: { policies: Record<string, { principals: unknown[] }> } } }>)[filter]
      ?.rbac.rules.policies ?? {},
  ).map(one => one.principals[0]);

const at = (prefix: string): unknown => ({ url_path: { path: { prefix } } });

describe('who comes in at a gateway', () => {
  it('is nobody more than a permission that comes before a denial lets in', () => {
    const config = accessConfig([policy('allow', [path('/a')]), policy('deny', [path('/')])]);
    expect(principals(config, denyFilter)).toEqual([{ and_ids: { ids: [at('/'), { not_id: at('/a') }] } }]);
    expect(config).not.toHaveProperty([allowFilter]);
  });

  it('is only who is permitted, where the rest is denied', () => {
    const config = accessConfig([policy('deny', [path('/a')]), policy('allow', [path('/')], 'deny')]);
    expect(principals(config, denyFilter)).toEqual([at('/a')]);
    expect(principals(config, allowFilter)).toEqual([at('/')]);
    const closed = accessConfig([{ ...policy('allow', [], 'deny'), rules: [] }]);
    expect(principals(closed, allowFilter)).toEqual([{ not_id: { any: true } }]);
  });

  it('is asked of headers that may be missing', () => {
    const header = (negated: boolean, whenAbsent: 'holds' | 'fails'): AccessCondition => ({
      attribute: 'request.header:x-user',
      values: [{ kind: 'exact', value: 'ada' }],
      negated,
      whenAbsent,
      whenNotHttp: 'fails',
    });
    const is = { header: { name: 'x-user', string_match: { exact: 'ada' } } };
    const there = { header: { name: 'x-user', present_match: true } };
    const said = (condition: AccessCondition) => principals(accessConfig([policy('deny', [condition])]), denyFilter);
    expect(said(header(false, 'fails'))).toEqual([is]);
    expect(said(header(false, 'holds'))).toEqual([{ or_ids: { ids: [{ not_id: there }, is] } }]);
    expect(said(header(true, 'holds'))).toEqual([{ not_id: is }]);
    expect(said(header(true, 'fails'))).toEqual([{ and_ids: { ids: [there, { not_id: is }] } }]);
  });

  it('is not said by identities, which nobody shows at the edge', () => {
    const [rule] = policy('deny', [{ ...path('/'), attribute: 'peer.identity', values: [{ kind: 'present' }] }]).rules;
    expect(whyNotRule(rule!)).toBe('the proxy at the edge does not know `peer.identity`');
  });
});
