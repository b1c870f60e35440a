import type { ModelPart } from '../../../model/model.ts';
import type { Reading } from '../reading.ts';
import { readAuthorizationPolicies } from './authorization-policy.ts';
import { readPeerAuthentications } from './peer-authentication.ts';
import { readRequestAuthentications } from './request-authentication.ts';
import { findTraps } from './traps/find-traps.ts';

/** What servers accept, whom they admit and whose tokens they trust; and where that is not what it seems. */
export const readSecurity = (
  reading: Reading,
  destinations: NonNullable<ModelPart['destinations']>,
): Pick<ModelPart, 'encryption' | 'access' | 'requestAuthentication'> => {
  const encryption = readPeerAuthentications(reading);
  const access = readAuthorizationPolicies(reading);
  const requestAuthentication = readRequestAuthentications(reading);
  findTraps(reading, { encryption, access, requestAuthentication, destinations });
  return { encryption, access, requestAuthentication };
};
