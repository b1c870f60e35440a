import { describe, expect, it } from 'vitest';
import type { AccessPolicy } from '../model/capabilities/access.ts';
import { lostMachine } from './lost-machine.ts';

const policy = (attribute: 'peer.identity' | 'request.path'): AccessPolicy => ({
  id: 'closed',
  scope: {},
  tier: 0,
  otherwise: 'nothing',
  rules: [
    {
      id: 'deny',
      effect: 'deny',
      clauses: [
        {
          conditions: [
            {
              attribute,
              values: [{ kind: 'prefix', value: '/' }],
              negated: false,
              whenAbsent: 'fails',
              whenNotHttp: 'fails',
            },
          ],
        },
      ],
    },
  ],
});

describe('a machine that is no member of the target', () => {
  it('is a loss of security where a policy looks at who calls', () => {
    expect(lostMachine('gone', { access: [policy('peer.identity')] }).loss.severity).toBe('security');
  });

  it('is one of behaviour where none does', () => {
    expect(lostMachine('gone', { access: [policy('request.path')] }).loss.severity).toBe('behaviour');
    expect(lostMachine('gone', { access: [] }, 'do it by hand').loss).toMatchObject({
      code: 'machine',
      severity: 'behaviour',
      workaround: 'do it by hand',
    });
  });
});
