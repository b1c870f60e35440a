import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { Judge } from '../../../adapter/judge.ts';
import { lostMachine } from '../../../adapter/lost-machine.ts';
import type { PeerEncryption } from '../../../model/capabilities/encryption.ts';
import { policyVerdict, ruleVerdict } from './access/judge-access.ts';
import { externalVerdict } from './external.ts';
import { gatewayVerdict, listenerVerdict } from './gateway/listeners.ts';
import { egressVerdict } from './judge-egress.ts';
import type { Judging } from './judging.ts';
import { issuerVerdict } from './tokens.ts';

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
  | 'gateway'
  | 'listener'
  | 'telemetry'
  | 'machine'
>;

/** Whether what kept somebody out still does. */
export const securityJudge = (judging: Judging): SecurityJudge => ({
  encryption: encryptionVerdict,
  accessPolicy: policy => policyVerdict(policy, judging),
  accessRule: rule => ruleVerdict(rule, judging),
  tokenIssuer: (issuer, at) => issuerVerdict(issuer, at, judging),
  rateLimit: () =>
    refused('rate-limit', 'requests are limited in the Enterprise edition only', {
      workaround: 'limit them in the application',
    }),
  visibility: () => refused('visibility', 'every client knows every service'),
  exposure: ({ service }) => refused('visibility', `every client knows \`${service}\``),
  egress: egress => egressVerdict(egress, judging.model),
  externalService: service => externalVerdict(service, judging),
  gateway: gateway => gatewayVerdict(gateway, judging),
  listener: (listener, gateway) => listenerVerdict(listener, gateway, judging),
  telemetry: () => refused('telemetry', 'logs and traces are set for all proxies, by hand'),
  machine: ({ id }) => lostMachine(`\`${id}\` is not registered with an agent of its own`, judging.model),
});

/**
 * A sidecar takes mesh mTLS and nothing else. Its permissive mode lets plaintext past every intention (observed, row
 * 0.10), and is never written.
 */
const encryptionVerdict = (encryption: PeerEncryption): Verdict<PeerEncryption> => {
  const { mode } = encryption;
  if (mode.value === 'strict') return 'applied';
  const strict: PeerEncryption = { ...encryption, mode: { ...mode, value: 'strict' } };
  return approximated(strict, 'encryption-mode', 'sidecars take mesh mTLS only: callers without one are refused', {
    workaround: 'give every caller a sidecar, or lead it through a gateway',
  });
};
