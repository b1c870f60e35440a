import { findAmbientTraps } from '../../ambient/traps.ts';
import type { Reading } from '../../reading.ts';
import { plaintextTraps, spiffeTraps } from './identities.ts';
import { accessPortTraps, encryptionPortTraps } from './ports.ts';
import { forwardedTraps, pathTraps, tcpTraps, tokenTraps } from './requests.ts';
import { Scene, type SecurityParts } from './scene.ts';
import { upstreamTlsTraps } from './upstream-tls.ts';

/** Reports configuration that is valid and does something else than it seems to. Only where it really does. */
export const findTraps = (reading: Reading, parts: SecurityParts): void => {
  const scene = new Scene(reading, parts);
  encryptionPortTraps(scene);
  upstreamTlsTraps(scene);
  findAmbientTraps(scene);
  const told = new Set<unknown>();
  for (const policy of parts.access) {
    // A policy with several targets stands here once for each.
    if (told.has(policy.source)) continue;
    told.add(policy.source);
    pathTraps(scene, policy);
    for (const rule of policy.rules) {
      plaintextTraps(scene, policy, rule);
      spiffeTraps(scene, rule);
      forwardedTraps(scene, policy, rule);
      tokenTraps(scene, policy, rule);
      tcpTraps(scene, policy, rule);
      accessPortTraps(scene, policy, rule);
    }
  }
};
