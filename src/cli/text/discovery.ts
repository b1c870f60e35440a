import { groupBy } from '../../base/order.ts';
import { objectTitle } from '../../base/source.ts';
import { policiesOf } from '../../engine/policies.ts';
import type { Read } from '../../engine/read.ts';
import { capabilities } from '../../model/capability.ts';
import { modeOf, subsetsOf } from '../commands/discover.ts';
import { placeText } from '../print.ts';
import type { Loaded } from '../source.ts';
import { columns, counted, style } from './columns.ts';
import { findingsText } from './findings.ts';

/** What is there, from the whole to the parts: meshes, who is in them, services, policies, and what was not read. */
export const discoveryText = async (read: Read, loaded: Loaded): Promise<string> => {
  const { model, accounting } = read;
  const parts = [meshesText(read), workloadsText(read), servicesText(read), await policiesText(read, loaded)];
  const { fields, unread, refused, objects } = accounting;
  parts.push(
    `${style.bold('account')}\n  ${counted(loaded.files, 'file')}, ${counted(loaded.snapshot.objects.length, 'object')}; ${objects} configure a mesh or gateway: ${counted(fields, 'field')}, ${accounting.read} read, ${unread} not read, ${refused} refused\n`,
  );
  if (read.unread.length > 0) parts.push(await unreadText(read, loaded));
  const findings = await findingsText([...loaded.findings, ...read.findings], loaded.locate);
  if (findings !== '') parts.push(`${style.bold('findings')}\n${findings}`);
  if (model.inventory.services.length === 0 && model.inventory.workloads.length === 0 && objects === 0) {
    parts.push('nothing in the input belongs to a mesh or gateway\n');
  }
  return parts.filter(part => part !== '').join('\n');
};

const meshesText = (read: Read): string => {
  const { meshes } = read.model;
  if (meshes.length === 0) return `${style.bold('meshes')}\n  none found\n`;
  const rows = meshes.map(mesh => [
    mesh.type,
    mesh.version ?? 'version unknown',
    modeOf(read, mesh.id),
    `trust domain ${mesh.trustDomain}`,
    mesh.evidence[0]?.says ?? '',
  ]);
  return `${style.bold('meshes')}\n${columns(rows, '  ')}`;
};

const workloadsText = (read: Read): string => {
  const { workloads } = read.model.inventory;
  if (workloads.length === 0) return '';
  const rows = workloads.map(({ id, serviceAccount, memberships }) => {
    const [membership] = memberships;
    const mesh = read.model.meshes.find(({ id: meshId }) => meshId === membership?.mesh);
    const where = membership ? `${mesh?.type ?? membership.mesh} ${membership.mode}` : 'no mesh';
    return [
      id,
      where,
      membership ? `${membership.certainty}: ${membership.evidence[0]?.says ?? ''}` : '',
      `as ${serviceAccount}`,
    ];
  });
  return `${style.bold(`workloads (${workloads.length})`)}\n${columns(rows, '  ')}`;
};

const servicesText = (read: Read): string => {
  const { services } = read.model.inventory;
  if (services.length === 0) return '';
  const subsets = subsetsOf(read);
  const rows = services.map(service => [
    service.id,
    service.ports.map(({ port, protocol }) => `${port} ${protocol}`).join(', ') || 'ports unknown',
    (subsets.get(service.id) ?? []).join(', '),
    service.evidence === 'referenced' ? 'only mentioned' : service.external ? 'outside the mesh' : '',
  ]);
  return `${style.bold(`services (${services.length})`)}\n${columns(rows, '  ')}`;
};

const policiesText = async (read: Read, loaded: Loaded): Promise<string> => {
  const policies = policiesOf(read.model);
  if (policies.length === 0) return '';
  const rows = await Promise.all(
    policies.map(async ({ object, capabilities: ids, source }) => [
      objectTitle(object),
      ids.map(id => capabilities[id]).join(', '),
      style.dim(await placeText(source, loaded.locate)),
    ]),
  );
  return `${style.bold(`policies (${policies.length})`)}\n${columns(rows, '  ')}`;
};

const unreadText = async (read: Read, loaded: Loaded): Promise<string> => {
  const groups = groupBy(
    read.unread,
    u => `${u.source.object.kind} ${u.source.path.replace(/\[\d+\]/g, '[]')} ${u.reason}`,
  );
  const rows = await Promise.all(
    [...groups.values()].map(async group => {
      const [first] = group as [(typeof group)[number]];
      const times = group.length > 1 ? `${group.length} times` : '';
      return [
        `${first.source.object.kind} ${first.source.path}`,
        first.reason,
        times,
        style.dim(await placeText(first.source, loaded.locate)),
      ];
    }),
  );
  return `${style.bold(`not read (${read.unread.length})`)}\n${columns(rows, '  ')}`;
};
