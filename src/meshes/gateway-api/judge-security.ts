import { refused } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';

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
  | 'machine'
>;

const unsaid = 'Gateway API says nothing about it; the mesh that honours the routes has to';

/** Nothing of this has a word in Gateway API. What it kept out would come in, so each is a loss of security. */
export const securityJudge: SecurityJudge = {
  encryption: ({ mode }) => {
    // That clients of a mesh encrypt although nobody asks them to is a loss of its own (`mesh-encryption`).
    if (mode.value !== 'strict') {
      return refused('encryption-mode', 'plaintext is accepted when nothing is said', { effect: 'none' });
    }
    return refused('encryption-mode', `encryption between workloads cannot be asked for: ${unsaid}`, {
      severity: 'security',
      workaround: 'keep the policy of the mesh that honours the routes',
    });
  },
  accessPolicy: ({ rules, otherwise }) => {
    const restricts = otherwise === 'deny' || rules.some(({ effect }) => effect === 'deny' || effect === 'ask');
    return refused('access', `who may call cannot be said: ${unsaid}`, {
      severity: restricts ? 'security' : 'behaviour',
      workaround: 'keep the policy of the mesh that honours the routes',
    });
  },
  accessRule: () => refused('access', `who may call cannot be said: ${unsaid}`, { severity: 'security' }),
  tokenIssuer: ({ issuer }) =>
    refused('access-token', `tokens of \`${issuer}\` would not be verified: ${unsaid}`, { severity: 'security' }),
  rateLimit: () => refused('rate-limit', 'there is no object for a rate limit'),
  visibility: () => refused('visibility', 'every client sees every Service'),
  exposure: ({ service }) => refused('visibility', `every client sees Service \`${service}\``),
  egress: ({ mode }) =>
    mode.value === 'allow'
      ? refused('egress-default', 'unknown hosts are let through when nothing is said', { effect: 'none' })
      : refused('egress-default', 'traffic to unknown hosts would no longer be stopped', { severity: 'security' }),
  externalService: ({ id }) =>
    refused('egress-hosts', `host \`${id}\` cannot be made known`, {
      workaround: 'put a Service of type ExternalName before the host',
    }),
  machine: ({ id }) =>
    refused('machine', `no object stands for \`${id}\`, a machine outside the cluster`, {
      workaround: 'keep the object of the mesh that honours the routes, or write an EndpointSlice for the Service',
    }),
};
