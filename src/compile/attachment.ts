import { meshPolicyNamespace } from '../api/kinds/targets.ts';
import type { Field } from '../base/field.ts';
import { type Finding, findingOf } from '../base/finding.ts';
import type { ServiceDirectory } from '../model/directory.ts';
import type { Gateway, Inventory, Service } from '../model/inventory.ts';
import type { Mesh } from '../model/mesh.ts';
import { compileFindings } from './findings.ts';
import type { Policy } from './policy.ts';

/** What a policy is attached to. */
export type Target =
  | { readonly level: 'mesh' }
  | { readonly level: 'namespace'; readonly namespace: string }
  | { readonly level: 'service'; readonly service: Service; readonly port?: number }
  | { readonly level: 'gateway'; readonly gateway: Gateway; readonly listener?: string };

export interface Attachment {
  readonly policy: Policy;
  readonly target: Target;
  /** The `targetRef`. */
  readonly field: Field;
}

/** Where policies are attached: one mesh and what is there. */
export interface Ground {
  readonly inventory: Inventory;
  readonly directory: ServiceDirectory;
  readonly mesh: Mesh;
  /** Names by which the mesh goes: its id, its type, those of Mesh objects of that type. */
  readonly meshNames: ReadonlySet<string>;
  /** Only what is in these namespaces, and meshes; absent: everything. */
  readonly namespaces?: ReadonlySet<string>;
}

/** How close a target is to the traffic: of two policies the closer one counts. */
export const closeness = (target: Target): number => {
  switch (target.level) {
    case 'mesh':
      return 0;
    case 'namespace':
      return 1;
    case 'service':
      return target.port === undefined ? 2 : 3;
    case 'gateway':
      return target.listener === undefined ? 2 : 3;
  }
};

export interface Attached {
  readonly attachments: readonly Attachment[];
  readonly findings: readonly Finding[];
}

/** Equal for two targets that are one; a port of a Service and the Service are not. */
export const targetText = (target: Target): string => {
  switch (target.level) {
    case 'mesh':
      return 'mesh';
    case 'namespace':
      return `namespace ${target.namespace}`;
    case 'service':
      return `service ${target.service.id}${target.port === undefined ? '' : `:${target.port}`}`;
    case 'gateway':
      return `gateway ${target.gateway.id}${target.listener === undefined ? '' : ` ${target.listener}`}`;
  }
};

/**
 * What the `targetRefs` of a policy mean here; one that is named twice counts once. One for another mesh means nothing, and
 * nothing is wrong with it.
 */
export const attach = (policy: Policy, ground: Ground): Attached => {
  const attachments: Attachment[] = [];
  const findings: Finding[] = [];
  const known = new Set<string>();
  for (const field of policy.spec.list('targetRefs')) {
    const found = targetOf(field, policy, ground);
    if (found === undefined) continue;
    if ('code' in found) findings.push(findingOf(compileFindings, found.code, field, found.message));
    else if (!known.has(targetText(found))) {
      known.add(targetText(found));
      attachments.push({ policy, target: found, field });
    }
  }
  return { attachments, findings };
};

interface Missed {
  readonly code: 'POLICY001' | 'POLICY003';
  readonly message: string;
}

const missing = (message: string): Missed => ({ code: 'POLICY001', message });

const targetOf = (field: Field, policy: Policy, ground: Ground): Target | Missed | undefined => {
  const { namespace } = policy;
  const kind = field.text('kind');
  const name = field.text('name') ?? '';
  const section = field.text('sectionName');
  field.at('group')?.note();
  if (kind === 'Mesh') {
    if (namespace !== meshPolicyNamespace)
      return { code: 'POLICY003', message: `it is in \`${namespace}\`, and for the mesh \`${name}\`` };
    return ground.meshNames.has(name) ? { level: 'mesh' } : undefined;
  }
  if (ground.namespaces && !ground.namespaces.has(namespace)) return undefined;
  if (kind === 'Namespace') {
    if (name !== namespace) return missing(`it is in \`${namespace}\`, and can be for no other Namespace than that`);
    return { level: 'namespace', namespace };
  }
  if (kind === 'Gateway') return gatewayTarget(namespace, name, section, ground);
  const service = ground.directory.find(`${namespace}/${name}`);
  // One that a route mentions is not there by that: what is said of it must not depend on who mentions it.
  if (service?.evidence !== 'object') return missing(`there is no Service \`${namespace}/${name}\``);
  if (section === undefined) return { level: 'service', service };
  const port = service.ports.find(one => one.name === section || String(one.port) === section)?.port;
  if (port === undefined) return missing(`Service \`${service.id}\` has no port \`${section}\``);
  return { level: 'service', service, port };
};

const gatewayTarget = (
  namespace: string,
  name: string,
  listener: string | undefined,
  { inventory }: Ground,
): Target | Missed => {
  const gateway = inventory.gateways.find(one => one.namespace === namespace && one.name === name);
  if (!gateway) return missing(`there is no Gateway \`${namespace}/${name}\``);
  if (listener === undefined) return { level: 'gateway', gateway };
  return gateway.listeners.some(one => one.name === listener)
    ? { level: 'gateway', gateway, listener }
    : missing(`Gateway \`${gateway.id}\` has no listener \`${listener}\``);
};
