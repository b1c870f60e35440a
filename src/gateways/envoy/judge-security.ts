import { approximated, refused } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';
import type { AccessPolicy } from '../../model/capabilities/access.ts';
import { gatewaysOf, whyNotRule } from './access.ts';
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

/** The status of every denial (RBAC filter, Envoy 1.40). */
const usualStatus = 403;

/** What is asked of those who come in at a gateway that is written. */
const isAtEdge = (policy: AccessPolicy, { model }: Judging): boolean => gatewaysOf(policy, model).length > 0;

/** What is enforced beside servers is nobody's any more: each is a loss of security. */
export const securityJudge = (judging: Judging): SecurityJudge => ({
  encryption: ({ mode }) =>
    mode.value === 'strict'
      ? refused('encryption-mode', `plaintext is accepted: ${notThere}`, {
          severity: 'security',
          workaround: 'keep the mesh that the servers are in, and give the proxy a certificate of it',
        })
      : refused('encryption-mode', 'plaintext is accepted when nothing is said', { effect: 'none' }),
  accessPolicy: policy => {
    const { rules, otherwise, deniedStatus, ...rest } = policy;
    const restricts = otherwise === 'deny' || rules.some(({ effect }) => effect === 'deny' || effect === 'ask');
    if (isAtEdge(policy, judging)) {
      return otherwise !== 'deny' || deniedStatus === undefined || deniedStatus === usualStatus
        ? 'applied'
        : approximated({ ...rest, rules, otherwise }, 'access-status', `a denial is answered with ${usualStatus}`);
    }
    return refused('access', `who may call is not enforced: ${notThere}`, {
      severity: restricts ? 'security' : 'behaviour',
      workaround: 'keep the mesh that the servers are in',
    });
  },
  accessRule: (rule, policy) => {
    const severity = rule.effect === 'deny' || rule.effect === 'ask' ? 'security' : 'behaviour';
    if (!isAtEdge(policy, judging)) {
      return refused('access', `who may call is not enforced: ${notThere}`, { severity: 'security' });
    }
    const why = whyNotRule(rule);
    if (why !== undefined) return refused('access', `the rule is not written: ${why}`, { severity });
    const { status, ...rest } = rule;
    return rule.effect !== 'deny' || status === undefined || status === usualStatus
      ? 'applied'
      : approximated(rest, 'access-status', `a denial is answered with ${usualStatus}`);
  },
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
