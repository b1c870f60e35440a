import type { Field } from '../../../base/field.ts';
import { type Setting, written } from '../../../base/source.ts';
import type { ListenerTls } from '../../../model/inventory.ts';

const modes: Readonly<Record<string, ListenerTls['mode']>> = {
  PASSTHROUGH: 'passthrough',
  AUTO_PASSTHROUGH: 'passthrough',
  SIMPLE: 'terminate',
  MUTUAL: 'mutual',
  OPTIONAL_MUTUAL: 'optionalMutual',
  ISTIO_MUTUAL: 'meshMutual',
};

const modeNames = {
  passthrough: 'PASSTHROUGH',
  terminate: 'SIMPLE',
  mutual: 'MUTUAL',
  optionalMutual: 'OPTIONAL_MUTUAL',
  meshMutual: 'ISTIO_MUTUAL',
} as const;

/** Where a Secret is: `credentialName` is looked up beside the pods of the gateway unless it says otherwise. */
const secretName = (text: string, beside: string): string => {
  const bare = text.replace(/^kubernetes(-gateway)?:\/\//, '');
  return bare.includes('/') ? bare : `${beside}/${bare}`;
};

/** `tls` of a server. A block that only redirects to https is no TLS. */
export const readServerTls = (field: Field | undefined, beside: string): ListenerTls | undefined => {
  if (!field) return undefined;
  const mode = modes[field.text('mode') ?? ''] ?? (hasCertificate(field) ? 'terminate' : undefined);
  if (mode === undefined) return undefined;
  if (mode === 'passthrough' || mode === 'meshMutual') {
    const reason = mode === 'passthrough' ? 'TLS is passed through' : 'the mesh has its own certificates';
    for (const [key, part] of field.members()) if (key !== 'mode' && key !== 'httpsRedirect') part.leave(reason);
    return { mode, certificates: [], source: field };
  }
  field.at('ecdhCurves')?.leave('which curves are offered is not known to the model');
  const minVersion = versionOf(field.at('minProtocolVersion'));
  const maxVersion = versionOf(field.at('maxProtocolVersion'));
  const ciphers = field.texts('cipherSuites');
  const keys = [field, ...field.list('tlsCertificates')].flatMap(pair => pair.text('privateKey') ?? []);
  return {
    mode,
    certificates: certificatesOf(field, beside),
    ...(keys.length > 0 ? { keys } : {}),
    ...(mode === 'terminate' ? leaveCallers(field) : callersOf(field, beside)),
    ...(minVersion ? { minVersion } : {}),
    ...(maxVersion ? { maxVersion } : {}),
    ...(ciphers ? { ciphers } : {}),
    source: field,
  };
};

const hasCertificate = (field: Field): boolean =>
  ['credentialName', 'credentialNames', 'serverCertificate', 'tlsCertificates'].some(key => field.has(key));

const certificatesOf = (field: Field, beside: string): string[] => {
  const secrets = [field.text('credentialName') ?? [], field.texts('credentialNames') ?? []].flat();
  const files = field.list('tlsCertificates').flatMap(pair => pair.text('serverCertificate') ?? []);
  const file = field.text('serverCertificate');
  return [...secrets.map(name => secretName(name, beside)), ...(file === undefined ? [] : [file]), ...files];
};

const callerFields = ['caCertificates', 'caCrl', 'caCertCredentialName', 'subjectAltNames'];
const fingerprints = ['verifyCertificateHash', 'verifyCertificateSpki'];

const leaveCallers = (field: Field): object => {
  const reason = 'callers show no certificate in this mode';
  for (const key of [...callerFields, ...fingerprints, 'insecureSkipVerify']) field.at(key)?.leave(reason);
  for (const pair of field.list('tlsCertificates')) pair.at('caCertificates')?.leave(reason);
  return {};
};

/** What is asked of callers' certificates. The authority is in the secret of the certificate, if nowhere else. */
const callersOf = (field: Field, beside: string): Partial<ListenerTls> => {
  const secret = field.text('caCertCredentialName') ?? field.text('credentialName');
  const files = [
    field.text('caCertificates') ?? [],
    field.list('tlsCertificates').flatMap(pair => pair.text('caCertificates') ?? []),
  ].flat();
  const isUnverified = field.boolean('insecureSkipVerify') ?? false;
  if (isUnverified) {
    for (const key of ['caCertificates', 'caCertCredentialName']) field.at(key)?.leave('nobody verifies the callers');
  }
  const authorities = files.length > 0 ? files : secret === undefined ? [] : [secretName(secret, beside)];
  const revocationList = field.text('caCrl');
  const subjectNames = [
    ...(field.texts('subjectAltNames') ?? []),
    ...(field.texts('verifyCertificateHash') ?? []).map(hash => `hash:${hash}`),
    ...(field.texts('verifyCertificateSpki') ?? []).map(hash => `spki:${hash}`),
  ];
  return {
    clientAuthorities: isUnverified ? [] : authorities,
    ...(subjectNames.length > 0 ? { subjectNames } : {}),
    ...(revocationList === undefined ? {} : { revocationList }),
  };
};

/** `TLSV1_2` as `TLSv1.2`; automatic says nothing. */
const versionOf = (field: Field | undefined): Setting<string> | undefined => {
  const match = /^TLSV(\d)_(\d)$/.exec(field?.asText() ?? '');
  return match ? written(`TLSv${match[1]}.${match[2]}`, field) : undefined;
};

const isFile = (name: string): boolean => name.startsWith('/');

/** Whether certificates can be named as a server names them: all as files, or as Secrets beside the gateway. */
export const isWritableTls = (tls: ListenerTls, beside: string): boolean => {
  const names = [...tls.certificates, ...(tls.clientAuthorities ?? [])];
  const isBeside = (name: string): boolean =>
    !name.includes(' ') && (!name.includes('/') || name.startsWith(`${beside}/`));
  const areFiles = names.every(isFile) && tls.certificates.length === (tls.keys?.length ?? 0);
  return areFiles || names.every(name => !isFile(name) && isBeside(name));
};

const bareName = (name: string): string => name.split('/').at(-1) ?? name;

/** The same as `tls`. */
export const emitServerTls = (tls: ListenerTls): Record<string, unknown> => {
  const { certificates, clientAuthorities = [], subjectNames = [], revocationList } = tls;
  const [certificate] = certificates;
  const [authority] = clientAuthorities;
  const isMutual = tls.mode === 'mutual' || tls.mode === 'optionalMutual';
  const names = subjectNames.filter(name => !/^(hash|spki):/.test(name));
  const prints = (kind: string): string[] =>
    subjectNames.filter(name => name.startsWith(`${kind}:`)).map(name => name.slice(kind.length + 1));
  const version = (setting: Setting<string> | undefined, key: string): Record<string, string> =>
    setting ? { [key]: setting.value.toUpperCase().replace('.', '_') } : {};
  return {
    mode: modeNames[tls.mode],
    ...emitCertificates(certificates, tls.keys ?? []),
    ...(authority !== undefined && isFile(authority) ? { caCertificates: authority } : {}),
    ...(authority !== undefined && !isFile(authority) && authority !== certificate
      ? { caCertCredentialName: bareName(authority) }
      : {}),
    ...(isMutual && clientAuthorities.length === 0 ? { insecureSkipVerify: true } : {}),
    ...(revocationList === undefined ? {} : { caCrl: revocationList }),
    ...(names.length > 0 ? { subjectAltNames: names } : {}),
    ...(prints('hash').length > 0 ? { verifyCertificateHash: prints('hash') } : {}),
    ...(prints('spki').length > 0 ? { verifyCertificateSpki: prints('spki') } : {}),
    ...version(tls.minVersion, 'minProtocolVersion'),
    ...version(tls.maxVersion, 'maxProtocolVersion'),
    ...(tls.ciphers ? { cipherSuites: tls.ciphers } : {}),
  };
};

const emitCertificates = (certificates: readonly string[], keys: readonly string[]): Record<string, unknown> => {
  const [first, ...more] = certificates;
  if (first === undefined) return {};
  if (isFile(first)) {
    const pairs = certificates.map((path, index) => ({ serverCertificate: path, privateKey: keys[index] ?? '' }));
    return more.length === 0 ? { ...pairs[0] } : { tlsCertificates: pairs };
  }
  return more.length === 0 ? { credentialName: bareName(first) } : { credentialNames: certificates.map(bareName) };
};
