import { describe, expect, it } from 'vitest';
import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { TextMatch } from '../../model/match.ts';
import type { Model } from '../../model/model.ts';
import { accessRule, condition, forward, policy, rule } from '../testing/model-builder.ts';
import { differences, laidOut, routes, shop, toVersion, witnessFor } from '../testing/shop.ts';

describe('a rewritten path', () => {
  const rewriting = (path: PathRewrite, allowed: TextMatch): Model =>
    shop({
      ...routes(
        rule('old', { path: { kind: 'prefix', value: '/old/' } }, forward(toVersion(1, 'v1')), { rewrite: { path } }),
      ),
      access: [policy('deny', [accessRule('0', 'deny', [condition('request.path', [allowed])])])],
    });
  const digits: TextMatch = { kind: 'regex', regex: { pattern: '/new/[0-9]+', dialect: 're2', anchoring: 'full' } };
  const respelt: TextMatch = { kind: 'regex', regex: { pattern: '/new/\\d\\d*', dialect: 're2', anchoring: 'full' } };

  it('is the same by text and by an expression that replaces its beginning', () => {
    const byText = rewriting({ kind: 'prefix', value: '/new/' }, digits);
    const byExpression = rewriting({ kind: 'regex', pattern: '^/old/(.*)$', substitution: '/new/\\1' }, respelt);
    expect(laidOut(byText, byExpression).verdict).toBe('equal');
  });

  it('shows what is asked behind the rewrite, by the path that was sent', () => {
    const wider: TextMatch = { kind: 'regex', regex: { pattern: '/new/[0-9]*', dialect: 're2', anchoring: 'full' } };
    const comparison = laidOut(
      rewriting({ kind: 'prefix', value: '/new/' }, digits),
      rewriting({ kind: 'prefix', value: '/new/' }, wider),
    );
    expect(differences(comparison)).toContain('shop/web access stricter');
    expect(witnessFor(comparison, 'access')?.request.path).toMatch(/^\/(old|new)\/$/);
  });

  it('is undecided behind an expression that keeps parts of its own choice', () => {
    const swapped = rewriting({ kind: 'regex', pattern: '^/old/(a*)(b*)$', substitution: '/new/\\2\\1' }, digits);
    const comparison = laidOut(swapped, structuredClone(swapped), { everywhere: true });
    expect(comparison.verdict).toBe('undecided');
    expect(comparison.services.find(({ verdict }) => verdict === 'undecided')?.reason).toContain('rewritten');
  });
});
