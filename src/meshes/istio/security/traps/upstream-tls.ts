import type { DestinationSettings } from '../../../../model/capabilities/destination.ts';
import type { Service, Workload } from '../../../../model/inventory.ts';
import { containerPort } from '../../../../model/inventory.ts';
import { selects } from '../../../../model/scope.ts';
import { report } from '../../reading.ts';
import type { Scene } from './scene.ts';

/**
 * Clients told not to use mesh mTLS get no connection to a STRICT server, and clients told to use it none to one where
 * it is switched off: 503 (observed, row 13.8).
 */
export const upstreamTlsTraps = (scene: Scene): void => {
  for (const settings of scene.parts.destinations) {
    const mode = settings.tls?.mode;
    if (mode?.origin !== 'written') continue;
    const unfit = mode.value === 'mesh' ? 'disabled' : mode.value === 'automatic' ? undefined : 'strict';
    const service = scene.reading.directory.find(settings.target.service ?? '');
    if (!unfit || !service) continue;
    const refusing = membersBehind(scene, service, settings).find(workload =>
      containerPorts(service, settings, workload).some(
        port => scene.acceptedOn({ namespace: workload.namespace, labels: workload.labels }, port) === unfit,
      ),
    );
    if (!refusing) continue;
    const how = unfit === 'strict' ? 'takes mesh mTLS only' : 'takes no mesh mTLS';
    const message = `clients of \`${service.id}\` get no connection: \`${refusing.id}\` ${how}`;
    report(scene.reading, 'ISTIO212', mode.source ?? settings.source ?? refusing.source!, message);
  }
};

/** Behind a waypoint or in ambient mode the settings of a DestinationRule meet other proxies; only sidecars are told of. */
const membersBehind = (scene: Scene, service: Service, { target }: DestinationSettings): readonly Workload[] =>
  scene.reading.directory
    .workloadsOf(service.endpoints)
    .filter(workload => scene.modeOf(workload) === 'sidecar' && selects(target.subset?.labels, workload.labels));

const containerPorts = (service: Service, { target }: DestinationSettings, workload: Workload): number[] =>
  service.ports
    .filter(({ port }) => target.port === undefined || target.port === port)
    .flatMap(port => containerPort(port, workload) ?? []);
