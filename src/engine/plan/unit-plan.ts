import type { Adapter, Manifest } from '../../adapter/adapter.ts';
import { type Disposition, refused } from '../../adapter/disposition.ts';
import { apiGroup } from '../../api/kind.ts';
import type { Unread } from '../../base/field.ts';
import { type Finding, InvariantError } from '../../base/finding.ts';
import { objectTitle } from '../../base/source.ts';
import { compile, type MayRefer } from '../../compile/compile.ts';
import type { Overruled } from '../../compile/effective.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Model } from '../../model/model.ts';
import { ReferenceGrants } from '../../native/gateway-api/reference-grants.ts';
import { Snapshot } from '../../native/snapshot.ts';
import { registrations } from '../../registry/index.gen.ts';
import { idleDisposition } from './idle.ts';
import type { Unit } from './units.ts';
import { placesOf, type WishedPlaces } from './wished-places.ts';

/** What becomes of one unit of wishes in one mesh. */
export interface UnitPlan {
  readonly objects: readonly Manifest[];
  readonly dispositions: readonly Disposition[];
  readonly overruled: readonly Overruled[];
  readonly findings: readonly Finding[];
  readonly wished: Model;
  readonly expected: Model;
  readonly places: WishedPlaces;
}

/** Writes one unit. `snapshot`: everything there is and is wished, for names that are free. */
export const planUnit = async (
  unit: Unit,
  { adapter, mesh, snapshot }: { readonly adapter: Adapter; readonly mesh: Mesh; readonly snapshot: Snapshot },
): Promise<UnitPlan> => {
  const routes = await readRoutes(unit, mesh, snapshot.extent);
  const { part, inventory } = routes;
  const { policies, namespaces } = unit;
  const mayRefer = permissionsIn(new Snapshot(unit.routes, snapshot.extent));
  const compiled = compile({ policies, routes: part, inventory, mesh, namespaces, mayRefer });
  const written = adapter.write(compiled.model, { mesh, snapshot });
  return {
    objects: written.objects,
    dispositions: [
      ...written.dispositions,
      ...compiled.idle.map(idleDisposition),
      ...routes.unread.filter(isWish).map(notUnderstood),
    ],
    overruled: compiled.overruled,
    findings: [...routes.findings, ...compiled.findings, ...written.findings],
    wished: compiled.model,
    expected: written.expected,
    places: placesOf(part.frontends, compiled.attachments),
  };
};

/** A ReferenceGrant that permits TrafficPolicies of a namespace to send to Services of another. */
const permissionsIn = (snapshot: Snapshot): MayRefer => {
  const grants = new ReferenceGrants(snapshot);
  const directory = { isWhole: snapshot.extent === 'whole' };
  return (namespace, to) => {
    const from = { group: apiGroup, kind: 'TrafficPolicy', namespace };
    if (grants.permit(from, { group: '', kind: 'Service', ...to })) return 'yes';
    return grants.isKnown(to.namespace, directory) ? 'no' : 'assumed';
  };
};

/** Every Gateway says who runs it, which is asked of the mesh that it is written for. */
const isWish = ({ source }: Unread): boolean => source.path !== 'spec.gatewayClassName';

/** A field of a route that nobody knows is in no model, and so no writer is asked of it: it is lost in every mesh. */
const notUnderstood = ({ source, reason }: Unread): Disposition => ({
  capability: 'not-understood',
  subject: objectTitle(source.object),
  leaf: source.path,
  result: 'refused',
  loss: refused('unread-field', `\`${source.path}\` has no effect: ${reason}`).loss,
  source,
});

/** Routes and gateways as the API says, for the clients of one mesh. */
const readRoutes = async ({ routes, inventory }: Unit, mesh: Mesh, extent: Snapshot['extent']) => {
  const read = await registrations.find(({ id }) => id === 'gateway-api')?.read();
  if (!read) throw new InvariantError('there is no reader for Gateway API');
  const snapshot = new Snapshot(routes, extent);
  const result = read({ snapshot, inventory, meshes: [mesh], others: [] });
  return {
    part: { frontends: result.part.frontends ?? [], destinations: result.part.destinations ?? [] },
    inventory: { ...result.inventory, workloads: inventory.workloads },
    unread: result.objects.flatMap(({ object, body, unread = [] }) => [
      ...snapshot.field(object).account(body).unread,
      ...unread,
    ]),
    findings: result.findings.filter(({ code }) => code !== 'GWAPI101'),
  };
};
