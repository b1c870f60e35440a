import type { Field } from '../../../base/field.ts';
import { written } from '../../../base/source.ts';
import type { UpstreamTls } from '../../../model/capabilities/upstream-tls.ts';

type WrittenMode = Exclude<UpstreamTls['mode']['value'], 'automatic'>;

const modes: Readonly<Record<string, WrittenMode>> = {
  DISABLE: 'none',
  SIMPLE: 'tls',
  MUTUAL: 'mutual',
  ISTIO_MUTUAL: 'mesh',
};

const meshOnly = 'the mesh has its own certificates, names and authorities';

/**
 * `tls` towards a destination. It takes the place of automatic mutual TLS, whatever the server expects (observed, row
 * 13.8). Names of the server that are not said here are those of the ServiceEntry. A secret holds certificate, key and
 * authority together. Where no authority is named, the operating system's are asked (the proxy is told so since Istio
 * 1.20, `VERIFY_CERTIFICATE_AT_CLIENT`).
 */
export const readClientTls = (
  field: Field | undefined,
  namesOfService: () => readonly string[] | undefined = () => undefined,
): UpstreamTls | undefined => {
  if (!field) return undefined;
  const mode = field.at('mode');
  const value = modes[mode?.asText() ?? 'DISABLE'] ?? 'none';
  if (value === 'none' || value === 'mesh') {
    const reason = value === 'mesh' ? meshOnly : 'there is no TLS';
    for (const [key, part] of field.members()) {
      if (key !== 'mode' && !(value === 'mesh' && (key === 'sni' || key === 'subjectAltNames'))) part.leave(reason);
    }
  }
  field.isEmptyObject();
  if (value === 'none') return { mode: written(value, mode ?? field), source: field };
  const serverName = field.text('sni');
  const subjectNames = field.texts('subjectAltNames') ?? (value === 'mesh' ? undefined : namesOfService());
  return {
    mode: written(value, mode),
    ...(serverName === undefined ? {} : { serverName }),
    ...(subjectNames ? { subjectNames } : {}),
    ...(value === 'mesh' ? {} : readCertificates(field, value)),
    source: field,
  };
};

const readCertificates = (field: Field, mode: 'tls' | 'mutual'): Partial<UpstreamTls> => {
  const secret = field.text('credentialName');
  const authority = secret === undefined ? field.text('caCertificates') : undefined;
  const unverified = field.boolean('insecureSkipVerify');
  const revocationList = secret === undefined ? field.text('caCrl') : undefined;
  if (secret !== undefined) {
    for (const key of ['caCertificates', 'clientCertificate', 'privateKey', 'caCrl']) {
      field.at(key)?.leave('the secret in `credentialName` takes its place');
    }
  }
  if (mode === 'tls') {
    for (const key of ['clientCertificate', 'privateKey']) field.at(key)?.leave('only mode MUTUAL shows a certificate');
  }
  const certificate = secret === undefined ? field.text('clientCertificate') : secretName(secret);
  const key = secret === undefined ? field.text('privateKey') : secretName(secret);
  const authorities = secret === undefined ? [authority ?? 'system'] : [secretName(secret)];
  return {
    ...(unverified ? {} : { authorities }),
    ...(mode === 'mutual' && certificate !== undefined ? { clientCertificate: certificate } : {}),
    ...(mode === 'mutual' && key !== undefined ? { clientKey: key } : {}),
    ...(revocationList === undefined ? {} : { revocationList }),
    ...(unverified === undefined ? {} : { unverified }),
  };
};

const secretPrefix = 'secret:';
const secretName = (name: string): string => `${secretPrefix}${name}`;

/** What `tls` can say of where certificates are: files, or one secret for all of them. */
export const isWritableTls = (tls: UpstreamTls): boolean => {
  const authorities = tls.authorities ?? [];
  const places = [...authorities, tls.clientCertificate, tls.clientKey].filter(place => place !== undefined);
  const secrets = new Set(places.filter(place => place.startsWith(secretPrefix)));
  if (secrets.size === 0) return authorities.length <= 1 && places.every(isFileOrSystem);
  return secrets.size === 1 && places.every(place => secrets.has(place)) && tls.revocationList === undefined;
};

const isFileOrSystem = (place: string): boolean => place === 'system' || place.startsWith('/') || !/^\w+:/.test(place);

const modeNames = { none: 'DISABLE', tls: 'SIMPLE', mutual: 'MUTUAL', mesh: 'ISTIO_MUTUAL' } as const;

/** The same as `tls`; undefined for automatic, which is what silence means. */
export const emitClientTls = (tls: UpstreamTls): Record<string, unknown> | undefined => {
  const mode = tls.mode.value;
  if (mode === 'automatic') return undefined;
  const [authority] = tls.authorities ?? [];
  const secret = [authority, tls.clientCertificate].find(place => place?.startsWith(secretPrefix));
  const files =
    secret === undefined
      ? {
          ...(tls.clientCertificate === undefined ? {} : { clientCertificate: tls.clientCertificate }),
          ...(tls.clientKey === undefined ? {} : { privateKey: tls.clientKey }),
          ...(authority === undefined || authority === 'system' ? {} : { caCertificates: authority }),
          ...(tls.revocationList === undefined ? {} : { caCrl: tls.revocationList }),
        }
      : { credentialName: secret.slice(secretPrefix.length) };
  return {
    mode: modeNames[mode],
    ...files,
    ...(tls.subjectNames ? { subjectAltNames: tls.subjectNames } : {}),
    ...(tls.serverName === undefined ? {} : { sni: tls.serverName }),
    ...(tls.unverified === undefined ? {} : { insecureSkipVerify: tls.unverified }),
  };
};
