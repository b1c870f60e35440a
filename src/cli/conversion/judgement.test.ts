import { describe, expect, it } from 'vitest';
import type { Disposition, Loss } from '../../adapter/disposition.ts';
import type { ServiceComparison, Verdict } from '../../verify/compare/comparison.ts';
import { judge } from './judgement.ts';

const told = (severity: Loss['severity'], more: Partial<Disposition> = {}): Disposition => ({
  capability: 'access-deny',
  subject: 'shop/web',
  leaf: 'rules[0]',
  result: 'refused',
  loss: { code: `access-${severity}`, severity, message: 'not there', effect: 'differs' },
  ...more,
});

const asked = (verdict: Verdict): { services: ServiceComparison[]; verdict: Verdict } => ({
  services: [{ service: 'shop/web', port: 80, aspect: 'access', verdict }],
  verdict,
});

describe('a conversion', () => {
  it('is refused where the written objects are weaker and nobody said so', () => {
    const judged = judge({ dispositions: [] }, asked('looser'), []);
    expect(judged).toMatchObject({ verdict: 'looser', weaker: ['access-looser'], isRefused: true });
    expect(judge({ dispositions: [] }, asked('looser'), ['access-looser']).isRefused).toBe(false);
    expect(judge({ dispositions: [told('behaviour')] }, asked('looser'), []).isRefused).toBe(true);
  });

  it('is refused until every security loss of the ledger is accepted by its name', () => {
    const dispositions = [told('security'), told('security', { byDefault: true })];
    expect(judge({ dispositions }, asked('looser'), [])).toMatchObject({
      weaker: ['access-security'],
      isRefused: true,
    });
    expect(judge({ dispositions }, asked('looser'), ['access-security']).isRefused).toBe(false);
  });

  it('is called by the worse of what the ledger and what the answers say', () => {
    expect(judge({ dispositions: [told('behaviour')] }, asked('equal'), []).verdict).toBe('different');
    expect(judge({ dispositions: [told('security')] }, asked('equal'), []).verdict).toBe('looser');
    expect(judge({ dispositions: [] }, asked('undecided'), []).verdict).toBe('undecided');
    expect(judge({ dispositions: [] }, asked('equal'), []).verdict).toBe('equal');
  });

  it('is undecided at best where not all of the input could be read', () => {
    expect(judge({ dispositions: [] }, asked('equal'), [], false).verdict).toBe('undecided');
    expect(judge({ dispositions: [] }, asked('looser'), [], false).verdict).toBe('looser');
  });

  it('has lost nothing by what the meshes do by themselves, unless that is less secure', () => {
    const dispositions = [told('behaviour', { byDefault: true }), told('security', { byDefault: true })];
    expect(judge({ dispositions }, asked('equal'), []).lost).toEqual([dispositions[1]]);
  });
});
