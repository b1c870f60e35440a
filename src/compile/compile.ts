import type { Field } from '../base/field.ts';
import { type Finding, findingOf } from '../base/finding.ts';
import { ServiceDirectory } from '../model/directory.ts';
import type { Inventory, Service } from '../model/inventory.ts';
import type { Mesh } from '../model/mesh.ts';
import { assemble, type Model, type ModelPart } from '../model/model.ts';
import { accessOf } from './access/policies.ts';
import { type Attachment, attach, type Ground } from './attachment.ts';
import { type Overruled, TrafficPolicies } from './effective.ts';
import { compileFindings } from './findings.ts';
import { meshWide } from './mesh-wide.ts';
import type { Policy } from './policy.ts';
import { destinationsOf, rateLimitsOf } from './traffic/destinations.ts';
import { type Tables, withPolicies } from './traffic/frontends.ts';

/** What users want of one mesh, and what is there. */
export interface Wishes {
  readonly policies: readonly Policy[];
  /** What Gateway API routes and gateways say, in the words of the model, for clients of this mesh. */
  readonly routes: ModelPart;
  readonly inventory: Inventory;
  readonly mesh: Mesh;
  /** What is to be said of services in these namespaces; the others only stand beside them. Absent: of all. */
  readonly namespaces?: ReadonlySet<string>;
}

export interface Compiled {
  readonly model: Model;
  readonly findings: readonly Finding[];
  /** Fields of policies that do not count somewhere, with what counts instead. */
  readonly overruled: readonly Overruled[];
  /** What each policy is attached to in this mesh. */
  readonly attachments: readonly Attachment[];
}

/** The wishes as a model that an adapter can write. */
export const compile = ({ policies, routes, inventory, mesh, namespaces }: Wishes): Compiled => {
  const directory = new ServiceDirectory(inventory);
  const meshes = policies.filter(({ kind, spec, name }) => kind === 'Mesh' && isThisMesh(spec, name, mesh));
  const meshNames = new Set([mesh.id, mesh.type, ...meshes.map(({ name }) => name)]);
  const ground: Ground = { inventory, directory, mesh, meshNames };
  const attached = policies.filter(({ kind }) => kind.endsWith('Policy')).map(policy => attach(policy, ground));
  const attachments = attached.flatMap(one => one.attachments);
  const ofKind = (kind: string): readonly Attachment[] => attachments.filter(({ policy }) => policy.kind === kind);
  const traffic = new TrafficPolicies(ofKind('TrafficPolicy'));
  const findings: Finding[] = [];
  const tables: Tables = {
    policies: traffic,
    inventory: { ...inventory, services: inventory.services.filter(isMeant(namespaces)) },
    directory,
    mesh,
    findings,
    find: (namespace, name, field) => {
      const service = directory.find(`${namespace}/${name}`);
      if (service?.evidence === 'object') return service.id;
      findings.push(findingOf(compileFindings, 'POLICY001', field, `there is no Service \`${namespace}/${name}\``));
      return undefined;
    },
  };
  const frontends = withPolicies(routes.frontends ?? [], tables);
  const destinations = destinationsOf(routes.destinations ?? [], tables);
  const rateLimits = rateLimitsOf(tables);
  const access = accessOf(ofKind('AccessPolicy'), ground);
  const parts: ModelPart[] = [
    { ...routes, meshes: [mesh], frontends, destinations },
    { rateLimits, access: access.access, requestAuthentication: access.requestAuthentication },
    ...meshes.slice(0, 1).map(policy => meshWide(policy, mesh)),
  ];
  return {
    model: assemble(inventory, parts),
    findings: once([...attached.flatMap(one => one.findings), ...findings, ...traffic.findings, ...access.findings]),
    overruled: traffic.overruled,
    attachments,
  };
};

/** A service that is only mentioned is not there by that: what is said of it must not depend on who mentions it. */
const isMeant =
  (namespaces: ReadonlySet<string> | undefined) =>
  ({ evidence, namespace }: Service): boolean =>
    evidence === 'object' && (namespaces === undefined || namespaces.has(namespace));

/** A Mesh object is for the mesh of its name, or for the one of its type where that is the only one. */
const isThisMesh = (spec: Field, name: string, mesh: Mesh): boolean =>
  spec.text('type') === mesh.type && (name === mesh.id || name === mesh.type || !name.includes('/'));

const once = (findings: readonly Finding[]): readonly Finding[] => {
  const told = new Map(findings.map(finding => [`${finding.code} ${finding.path} ${finding.message}`, finding]));
  return [...told.values()];
};
