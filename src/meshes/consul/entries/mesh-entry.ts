import { written } from '../../../base/source.ts';
import type { AccessPolicy } from '../../../model/capabilities/access.ts';
import type { PeerEncryption } from '../../../model/capabilities/encryption.ts';
import type { EgressDefault } from '../../../model/capabilities/visibility.ts';
import type { Mesh, PathNormalization } from '../../../model/mesh.ts';
import type { ServerScope } from '../../../model/scope.ts';
import type { EntryField } from '../entry-field.ts';
import { type Entry, type Reading, report } from '../reading.ts';
import type { Defaults } from './defaults.ts';

/** How received paths are put into their normal form (observed, rows 6.3 and 6.4). */
const normalizationIn = (spec: EntryField | undefined): PathNormalization => {
  const field = spec?.find('http', 'incoming', 'requestNormalization');
  field?.leave('headersWithUnderscoresAction', 'names of headers with underscores are not told');
  if (field?.boolean('insecureDisablePathNormalization')) return 'none';
  const decodes = field?.text('pathWithEscapedSlashesAction');
  const merges = field?.boolean('mergeSlashes') ?? false;
  if (decodes === 'UNESCAPE_AND_FORWARD' && merges) return 'decodeAndMergeSlashes';
  if (decodes !== undefined && decodes !== 'KEEP_UNCHANGED' && decodes !== 'IMPLEMENTATION_SPECIFIC_DEFAULT') {
    field?.leave('pathWithEscapedSlashesAction', 'only UNESCAPE_AND_FORWARD together with mergeSlashes is told');
  }
  return merges ? 'mergeSlashes' : 'base';
};

const untoldOfMesh: Readonly<Record<string, string>> = {
  tls: 'which versions and ciphers of TLS sidecars speak with one another is not told',
  peering: 'it is about the way to other datacenters and peers: inside the cluster requests go straight',
  validateClusters: 'it makes proxies refuse routes that lead nowhere, and changes no other',
};

/** The mesh with what its Mesh entry says of all proxies. */
export const withMeshEntry = (mesh: Mesh, entry: Entry | undefined): Mesh => {
  const { sidecar } = mesh.dataPlanes;
  if (!sidecar || !entry?.spec) return mesh;
  for (const [key, reason] of Object.entries(untoldOfMesh)) entry.spec.leave(key, reason);
  entry.spec
    .find('http')
    ?.leave('sanitizeXForwardedClientCert', 'the header with the caller’s certificate is not told');
  return {
    ...mesh,
    dataPlanes: { ...mesh.dataPlanes, sidecar: { ...sidecar, receivedPathNormalization: normalizationIn(entry.spec) } },
  };
};

/** What an application sees of an unknown host that its proxy does not lead to. */
export const egressStatus = 502;

/** Whether proxies lead to hosts that the mesh does not know; they do unless told otherwise. */
export const egressOf = (reading: Reading, entry: Entry | undefined): readonly EgressDefault[] => {
  const field = entry?.spec?.find('transparentProxy');
  const only = field?.boolean('meshDestinationsOnly');
  if (only === undefined || !field) return [];
  const mode = written(only ? 'deny' : 'allow', field.at('meshDestinationsOnly')) as EgressDefault['mode'];
  return [
    {
      id: 'mesh destinations only',
      clients: { mesh: reading.mesh.id },
      mode,
      deniedStatus: egressStatus,
      source: field,
    },
  ];
};

/**
 * Servers that take plaintext as well. It goes past all intentions, to the application's own port (observed, row 0.10; with
 * transparent proxying, which is usual in Kubernetes).
 */
export const permissiveServers = (
  reading: Reading,
  defaults: Defaults,
  entry: Entry | undefined,
): { readonly encryption: readonly PeerEncryption[]; readonly access: readonly AccessPolicy[] } => {
  const isAllowed = entry?.spec?.boolean('allowEnablingPermissiveMutualTLS');
  const scopes: { id: string; scope: ServerScope; mode: 'strict' | 'permissive'; source: EntryField }[] = [];
  const note = (id: string, scope: ServerScope, spec: EntryField | undefined): void => {
    const text = spec?.text('mutualTLSMode');
    const source = spec?.at('mutualTLSMode');
    if (text === undefined || !source) return;
    const direct = [spec, defaults.ofAll?.spec].map(one => one?.text('mode')).find(mode => mode !== undefined);
    if (text === 'permissive' && direct === 'direct') {
      source.field.leave('plaintext is taken only where traffic is led into the proxy (observed, row 0.10)');
      return;
    }
    if (text === 'permissive' && isAllowed !== true && entry) {
      source.field.leave('the Mesh entry does not allow the permissive mode');
      return;
    }
    scopes.push({ id, scope, mode: text === 'permissive' ? 'permissive' : 'strict', source });
    if (text === 'permissive') report(reading, 'CONSUL209', source, `plaintext passes every intention at ${id}`);
  };
  for (const [name, { spec }] of defaults.services) {
    for (const { id, endpoints } of reading.services.named(name)) {
      if (endpoints.kind !== 'pods' || Object.keys(endpoints.labels).length === 0) continue;
      note(`\`${id}\``, { mesh: reading.mesh.id, namespaces: [endpoints.namespace], labels: endpoints.labels }, spec);
    }
  }
  note('every service', { mesh: reading.mesh.id }, defaults.ofAll?.spec);
  return {
    encryption: scopes.map(({ id, scope, mode, source }) => ({
      id: `mutual TLS of ${id}`,
      scope,
      mode: written(mode, source),
      source,
    })),
    access: scopes
      .filter(({ mode }) => mode === 'permissive')
      .map(({ id, scope, source }) => pastIntentions(id, scope, source)),
  };
};

const pastIntentions = (id: string, scope: ServerScope, source: EntryField): AccessPolicy => ({
  id: `plaintext at ${id}`,
  scope,
  tier: -1,
  rules: [
    {
      id: 'plaintext',
      effect: 'allow',
      clauses: [
        {
          conditions: [
            {
              attribute: 'peer.identity',
              values: [{ kind: 'present' }],
              negated: true,
              whenAbsent: 'holds',
              whenNotHttp: 'holds',
            },
          ],
        },
      ],
      source,
    },
  ],
  otherwise: 'nothing',
  source,
});
