import { type Peers, takesOwnRootsOnly } from '../peers.ts';
import { type Reading, report } from '../reading.ts';
import type { Destination } from './intention.ts';

/** Ways in which intentions let in somebody whom their author meant to keep out; all of them observed. */
export const findTraps = (reading: Reading, destinations: ReadonlyMap<string, Destination>, peers: Peers): void => {
  tellSharedAccounts(reading, destinations);
  if (reading.mesh.defaults.access.value !== 'allow') return;
  const all = [...destinations.values()];
  const closed = all.find(
    ({ name, intentions }) =>
      !takesOwnRootsOnly(peers, name) &&
      intentions.some(
        ({ effect, permissions = [] }) => effect === 'deny' || permissions.some(one => one.effect === 'deny'),
      ),
  );
  if (closed) {
    const message =
      'everyone is let in by default: an identity of another system under the same root passes every `deny`';
    report(reading, 'CONSUL201', closed.entry.object.ref, message);
  }
  for (const { intentions, tokens, entry, name } of all) {
    if (tokens.length > 0) {
      const message = `tokens are not asked for at \`${name}\`, where everyone is let in by default`;
      report(reading, 'CONSUL202', entry.object.ref, message);
    }
    for (const { permissions = [], caller, source } of intentions) {
      if (permissions.length > 0 && permissions.every(({ effect }) => effect === 'allow')) {
        const message = `\`${caller}\` may do everything at \`${name}\`: what no permission takes is let in by default`;
        report(reading, 'CONSUL207', source, message);
      }
      tellSlashes(reading, permissions);
    }
  }
};

/** Slashes are not merged: `//admin` is not `/admin` to a rule, and often is to an application (observed, row 6.1). */
const tellSlashes = (
  reading: Reading,
  permissions: NonNullable<Destination['intentions'][number]['permissions']>,
): void => {
  const { receivedPathNormalization } = reading.mesh.dataPlanes.sidecar ?? {};
  if (receivedPathNormalization !== 'base' && receivedPathNormalization !== 'none') return;
  const denied = permissions.find(
    ({ effect, conditions }) => effect === 'deny' && conditions.some(({ attribute }) => attribute === 'request.path'),
  );
  if (denied) report(reading, 'CONSUL208', denied.source, 'a path with two slashes, or with `%2f`, is not kept out');
};

/** Consul tells callers apart by service; every other mesh does so by account. */
const tellSharedAccounts = (reading: Reading, destinations: ReadonlyMap<string, Destination>): void => {
  const { services, mesh, plane } = reading;
  const told = new Set<string>();
  for (const { caller, source } of [...destinations.values()].flatMap(({ intentions }) => intentions)) {
    const [instance] = services.instances(caller);
    const isShared = services.callersOf(caller, { mesh, datacenter: plane.datacenter }).kind === 'spiffe';
    if (!instance || !isShared || told.has(caller)) continue;
    told.add(caller);
    const account = `${instance.namespace}/${instance.serviceAccount}`;
    report(reading, 'CONSUL210', source, `\`${caller}\` does not have the account \`${account}\` for itself`);
  }
};
