import type { ModelPart } from '../../../model/model.ts';
import type { Reading } from '../reading.ts';
import { readAuthorizationPolicies } from './authorization-policy.ts';
import { readPeerAuthentications } from './peer-authentication.ts';
import { readRequestAuthentications } from './request-authentication.ts';

/** What servers accept, whom they admit and whose tokens they trust. */
export const readSecurity = (reading: Reading): Pick<ModelPart, 'encryption' | 'access' | 'requestAuthentication'> => ({
  encryption: readPeerAuthentications(reading),
  access: readAuthorizationPolicies(reading),
  requestAuthentication: readRequestAuthentications(reading),
});
