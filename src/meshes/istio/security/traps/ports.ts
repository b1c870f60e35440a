import type { Source } from '../../../../base/source.ts';
import type { AccessPolicy, AccessRule } from '../../../../model/capabilities/access.ts';
import type { ServerScope } from '../../../../model/scope.ts';
import { report } from '../../reading.ts';
import { conditionsOf } from './identities.ts';
import type { Scene } from './scene.ts';

/** Where a number is that of a service port and of no container port behind it, that port; else undefined. */
const servicePort = (scene: Scene, scope: ServerScope, number: number) => {
  const members = scene.members(scope);
  const ports = members.flatMap(workload => scene.portsTo(workload));
  const isContainerPort =
    ports.some(({ leadsTo }) => leadsTo === number) ||
    members.some(workload => workload.ports.some(({ port }) => port === number));
  return isContainerPort ? undefined : ports.find(({ port }) => port.port === number);
};

const tell = (scene: Scene, scope: ServerScope, number: number, source: Source | undefined): void => {
  const meant = servicePort(scene, scope, number);
  if (!meant || !source) return;
  const message = `port ${number} is the port of Service \`${meant.service.id}\`; its containers listen on ${meant.leadsTo}`;
  report(scene.reading, 'ISTIO201', source, message);
};

/** `portLevelMtls` keys are container ports; other numbers are silently ignored (observed, row 13.5). */
export const encryptionPortTraps = (scene: Scene): void => {
  for (const { scope, source } of scene.parts.encryption) {
    for (const number of scope.ports ?? []) tell(scene, { ...scope }, number, source);
  }
};

/** `ports` are container ports; a rule for a service port never holds (observed, row 14.11). */
export const accessPortTraps = (scene: Scene, policy: AccessPolicy, rule: AccessRule): void => {
  for (const { attribute, values, source } of conditionsOf(rule)) {
    if (attribute !== 'destination.port') continue;
    for (const value of values) if (value.kind === 'port') tell(scene, policy.scope, value.port, source);
  }
};
