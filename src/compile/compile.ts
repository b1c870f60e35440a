import { meshPolicyNamespace } from '../api/kinds/targets.ts';
import { type Finding, findingOf } from '../base/finding.ts';
import { objectKey } from '../base/source.ts';
import { ServiceDirectory } from '../model/directory.ts';
import type { Inventory, Service } from '../model/inventory.ts';
import type { Mesh } from '../model/mesh.ts';
import { assemble, type Model, type ModelPart } from '../model/model.ts';
import { namespaceOf } from '../native/snapshot.ts';
import { accessOf } from './access/policies.ts';
import { type Attachment, attach, type Ground } from './attachment.ts';
import { type Idle, type Overruled, TrafficPolicies } from './effective.ts';
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
  /** Whether policies of a namespace may send to a Service of another. Absent: they may. */
  readonly mayRefer?: MayRefer;
}

/** As Gateway API asks it of routes; `assumed`: who permits it may be in what was not read. */
export type MayRefer = (
  from: string,
  to: { readonly namespace: string; readonly name: string },
) => 'yes' | 'no' | 'assumed';

/** Within one namespace nothing has to be permitted, nor to who writes policies for whole meshes. */
const permissionOf = (from: string, to: Parameters<MayRefer>[1], mayRefer: MayRefer = () => 'yes') =>
  from === to.namespace || from === meshPolicyNamespace ? 'yes' : mayRefer(from, to);

export interface Compiled {
  readonly model: Model;
  readonly findings: readonly Finding[];
  /** Fields of policies that do not count somewhere, with what counts instead. */
  readonly overruled: readonly Overruled[];
  /** Fields of policies that decide nothing at one of their targets. */
  readonly idle: readonly Idle[];
  /** What each policy is attached to in this mesh. */
  readonly attachments: readonly Attachment[];
}

/** The wishes as a model that an adapter can write. */
export const compile = ({ policies, routes, inventory, mesh, namespaces, mayRefer }: Wishes): Compiled => {
  const directory = new ServiceDirectory(inventory);
  const meshes = policies.filter(({ kind }) => kind === 'Mesh');
  const own = meshes.filter(({ spec }) => spec.text('type') === mesh.type);
  const ground: Ground = {
    inventory,
    directory,
    mesh,
    meshNames: namesOf(mesh, meshes),
    ...(namespaces ? { namespaces } : {}),
  };
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
      const tell = (code: keyof typeof compileFindings, why: string): { why: string } => {
        findings.push(findingOf(compileFindings, code, field, why));
        return { why };
      };
      const service = directory.find(`${namespace}/${name}`);
      if (service?.evidence !== 'object') return tell('POLICY001', `there is no Service \`${namespace}/${name}\``);
      const permission = permissionOf(namespaceOf(field.object), { namespace, name }, mayRefer);
      const why = `no ReferenceGrant in \`${namespace}\` permits it`;
      if (permission === 'no') return tell('POLICY007', why);
      if (permission === 'assumed') tell('POLICY008', `${why}; one is assumed to be in what was not read`);
      return { service: service.id };
    },
  };
  const frontends = withPolicies(routes.frontends ?? [], tables);
  const destinations = destinationsOf(routes.destinations ?? [], tables);
  const rateLimits = rateLimitsOf(tables);
  const access = accessOf(ofKind('AccessPolicy'), ground);
  const wide = meshWide(own, mesh);
  const idle = traffic.idle();
  const parts: ModelPart[] = [
    { ...routes, meshes: [mesh], frontends, destinations },
    { rateLimits, access: access.access, requestAuthentication: access.requestAuthentication },
    wide.part,
  ];
  return {
    model: assemble(inventory, parts),
    findings: once([
      ...attached.flatMap(one => one.findings),
      ...findings,
      ...traffic.findings,
      ...idle.map(tellIdle),
      ...access.findings,
      ...wide.findings,
    ]),
    overruled: [...traffic.overruled, ...wide.overruled],
    idle,
    attachments,
  };
};

/** A service that is only mentioned is not there by that: what is said of it must not depend on who mentions it. */
const isMeant =
  (namespaces: ReadonlySet<string> | undefined) =>
  ({ evidence, namespace }: Service): boolean =>
    evidence === 'object' && (namespaces === undefined || namespaces.has(namespace));

/** A type is the name of a mesh too, unless a Mesh object of another type bears it. */
const namesOf = (mesh: Mesh, meshes: readonly Policy[]): ReadonlySet<string> => {
  const others = new Set(meshes.flatMap(({ spec, name }) => (spec.text('type') === mesh.type ? [] : [name])));
  const own = meshes.flatMap(({ spec, name }) => (spec.text('type') === mesh.type ? [name] : []));
  return new Set([mesh.id, mesh.type, ...own].filter(name => !others.has(name)));
};

const tellIdle = ({ field, target }: Idle): Finding =>
  findingOf(
    compileFindings,
    'POLICY006',
    field,
    `\`${field.name}\` says nothing of ${target}: nothing there goes by it`,
  );

const once = (findings: readonly Finding[]): readonly Finding[] => {
  const told = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, subject, path, message } = finding;
    told.set(`${code}|${subject ? objectKey(subject) : ''}|${path ?? ''}|${message}`, finding);
  }
  return [...told.values()];
};
