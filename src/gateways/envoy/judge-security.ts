import { approximated, refused } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';
import { tellsClientsApart } from './judge-frontend.ts';
import { type Judging, unreachable } from './judging.ts';

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

const notThere = 'no proxy stands beside the servers, and the one before them does not know its callers';

/** What is enforced beside servers is nobody's any more: each is a loss of security. */
export const securityJudge = (judging: Judging): SecurityJudge => ({
  encryption: ({ mode }) =>
    mode.value === 'strict'
      ? refused('encryption-mode', `plaintext is accepted: ${notThere}`, {
          severity: 'security',
          workaround: 'keep the mesh that the servers are in, and give the proxy a certificate of it',
        })
      : refused('encryption-mode', 'plaintext is accepted when nothing is said', { effect: 'none' }),
  accessPolicy: ({ rules, otherwise }) => {
    const restricts = otherwise === 'deny' || rules.some(({ effect }) => effect === 'deny' || effect === 'ask');
    return refused('access', `who may call is not enforced: ${notThere}`, {
      severity: restricts ? 'security' : 'behaviour',
      workaround: 'keep the mesh that the servers are in',
    });
  },
  accessRule: () => refused('access', `who may call is not enforced: ${notThere}`, { severity: 'security' }),
  tokenIssuer: ({ issuer }) =>
    refused('access-token', `tokens of \`${issuer}\` are not verified: ${notThere}`, { severity: 'security' }),
  rateLimit: () => refused('rate-limit', `requests are not counted where they arrive: ${notThere}`),
  visibility: () => refused('visibility', 'one proxy serves all clients, and each sees every service'),
  exposure: ({ service }) => refused('visibility', `every client of the proxy sees \`${service}\``),
  egress: egress => {
    if (tellsClientsApart(egress.clients)) {
      return refused('egress-default', 'one proxy serves all clients: unknown hosts are answered with 404');
    }
    if (egress.mode.value === 'allow') {
      return refused('egress-default', 'the proxy sends nothing to hosts that it does not know');
    }
    const { deniedStatus, through: _, ...rest } = egress;
    return deniedStatus >= 200 && deniedStatus < 600
      ? 'applied'
      : approximated({ ...rest, deniedStatus: 404 }, 'egress-default', 'unknown hosts are answered with 404');
  },
  externalService: service => {
    const why = unreachable({ kind: 'service', service: service.id }, judging);
    return why === undefined ? 'applied' : refused('egress-hosts', `host \`${service.id}\` is not written: ${why}`);
  },
  machine: ({ id }) => refused('machine', `no Service leads to \`${id}\`, a machine outside the cluster`),
});
