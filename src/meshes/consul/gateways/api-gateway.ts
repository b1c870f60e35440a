import type { Gateway, Listener, ListenerTls } from '../../../model/inventory.ts';
import type { EntryField } from '../entry-field.ts';
import { type Entry, entriesOf, type Reading, report } from '../reading.ts';
import { spiffeOf } from '../services.ts';

/** An API gateway with its listeners, as routes name them. */
export interface ApiGateway {
  readonly name: string;
  readonly model: Gateway;
}

/** What a gateway shows to the services behind it: it goes by its own name (observed, row 8.7). */
export const gatewayIdentity = ({ mesh, plane }: Reading, name: string): NonNullable<Gateway['identity']> => ({
  kind: 'spiffe',
  id: spiffeOf({ mesh, datacenter: plane.datacenter }, name),
});

/** The gateway that an entry is about, with its listeners. */
export const gatewayOf = (reading: Reading, entry: Entry, listeners: readonly Listener[]): Gateway => ({
  id: `${entry.namespace}/${entry.name}`,
  namespace: entry.namespace,
  name: entry.name,
  purpose: 'ingress',
  mesh: reading.mesh.id,
  labels: {},
  identity: gatewayIdentity(reading, entry.name),
  listeners,
  source: { object: entry.object.ref, path: '' },
});

/** The `api-gateway` entries: each is a gateway of its own name. */
export const readApiGateways = (reading: Reading): readonly ApiGateway[] => {
  // Which certificate it is makes no difference to what is told; its key is nobody's business.
  for (const kind of ['InlineCertificate', 'FileSystemCertificate']) {
    for (const { spec } of entriesOf(reading, kind)) spec?.field.leave('what is in a certificate is not told');
  }
  return entriesOf(reading, 'APIGateway').map(entry => {
    const listeners = (entry.spec?.list('listeners') ?? []).flatMap(field => readListener(field, entry, reading));
    const model = gatewayOf(reading, entry, listeners);
    tellConflicts(model, reading);
    return { name: entry.name, model };
  });
};

const readListener = (field: EntryField, entry: Entry, reading: Reading): readonly Listener[] => {
  const name = field.text('name');
  const port = field.number('port');
  const carries = field.text('protocol')?.toLowerCase();
  if (name === undefined || port === undefined || (carries !== 'http' && carries !== 'tcp')) {
    report(reading, 'CONSUL104', field, `a listener of \`${entry.name}\` needs a name, a port, and http or tcp`);
    return [];
  }
  for (const key of ['default', 'override']) field.leave(key, 'tokens at gateways belong to the Enterprise edition');
  const hostname = field.text('hostname')?.toLowerCase();
  const tls = readTls(field.at('tls'));
  return [
    {
      name,
      port,
      protocol: tls ? (carries === 'http' ? 'https' : 'tls') : carries,
      hosts: hostname === undefined || hostname === '*' ? [] : [hostname],
      ...(tls ? { tls } : {}),
      source: field,
    },
  ];
};

/** A listener with certificates ends TLS, whatever it carries; without them it takes plain traffic. */
const readTls = (field: EntryField | undefined): ListenerTls | undefined => {
  const certificates = (field?.list('certificates') ?? []).flatMap(reference => {
    reference.leave('kind', 'where a certificate lies is not told');
    return reference.text('name') ?? [];
  });
  if (!field || certificates.length === 0) return undefined;
  const minVersion = field.text('minVersion');
  const maxVersion = field.text('maxVersion');
  const ciphers = field.texts('cipherSuites');
  return {
    mode: 'terminate',
    certificates,
    ...(minVersion === undefined ? {} : { minVersion: { value: minVersion, origin: 'written' } }),
    ...(maxVersion === undefined ? {} : { maxVersion: { value: maxVersion, origin: 'written' } }),
    ...(ciphers && ciphers.length > 0 ? { ciphers } : {}),
    source: field,
  };
};

/** Listeners of one port have to be alike, or Consul refuses the gateway (`validateMergedListeners`, 1.21). */
const tellConflicts = ({ name, listeners }: Gateway, reading: Reading): void => {
  for (const [index, one] of listeners.entries()) {
    const other = listeners.slice(0, index).find(({ port }) => port === one.port);
    const isAlike = other && other.protocol === one.protocol && other.hosts[0] === one.hosts[0];
    if (!other || isAlike) continue;
    const message = `listeners \`${other.name}\` and \`${one.name}\` of \`${name}\` share port ${one.port} and differ`;
    report(reading, 'CONSUL104', one.source, message, 'give each of them a port of its own');
  }
};
