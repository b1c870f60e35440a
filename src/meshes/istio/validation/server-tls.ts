import type { Field } from '../../../base/field.ts';
import type { Tell } from './tell.ts';

const ownCertificates = [
  'serverCertificate',
  'privateKey',
  'caCertificates',
  'tlsCertificates',
  'credentialName',
  'credentialNames',
];

/** How a server of a Gateway or of a Sidecar ends TLS, and where its certificates come from. */
export const tellServerTls = (tls: Field | undefined, tell: Tell): void => {
  if (!tls) return;
  const mode = tls.text('mode') ?? 'PASSTHROUGH';
  const has = (name: string): boolean => {
    const value = tls.at(name)?.value;
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== '';
  };
  if (mode === 'ISTIO_MUTUAL') {
    for (const name of ownCertificates.filter(has)) {
      tell('ISTIO905', tls.at(name) ?? tls, `ISTIO_MUTUAL takes the certificates of the mesh, not \`${name}\``);
    }
    return;
  }
  const sources = ['credentialName', 'credentialNames', 'tlsCertificates'].filter(has);
  if (has('serverCertificate') && has('privateKey')) sources.push('serverCertificate');
  if (sources.length > 1) tell('ISTIO905', tls, `only one of \`${sources.join('`, `')}\` may be set`);
  const isSimple = mode === 'SIMPLE';
  const isMutual = mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL';
  const isCredential = has('credentialName') || has('credentialNames');
  if ((!isSimple && !isMutual) || isCredential) return;
  if (isMutual && !has('caCertificates')) tell('ISTIO904', tls, '`caCertificates` is required for mutual TLS');
  const listed = tls.list('tlsCertificates');
  for (const holder of listed.length > 0 ? listed : [tls]) {
    for (const name of ['serverCertificate', 'privateKey']) {
      if (!holder.text(name)) {
        tell('ISTIO904', holder, `\`${name}\` is required for ${mode}`, 'name a Secret with `credentialName`');
      }
    }
  }
  const revoked = tls.at('caCrl');
  if (revoked && isSimple)
    tell('ISTIO909', revoked, 'clients show no certificates with SIMPLE, so none can be revoked');
};
