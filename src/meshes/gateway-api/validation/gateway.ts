import type { Field } from '../../../base/field.ts';
import { type KindRules, plain, type Tell, tellReferences, tellTwice } from './tell.ts';

/** Protocols at which a listener ends no TLS, and those at which it sees no host name. */
const withoutTls = ['HTTP', 'TCP', 'UDP'];
const withoutHosts = ['TCP', 'UDP'];

/** The listeners of a Gateway (GatewaySpec.listeners), each with a name and a place of its own. */
export const gateway: KindRules = (spec, tell) => {
  const listeners = spec.list('listeners');
  tellTwice(listeners, listener => plain(listener, 'name'), 'listener', tell);
  const placeOf = (listener: Field): string => {
    const host = listener.has('hostname') ? ` ${plain(listener, 'hostname') || '*'}` : '';
    return `${plain(listener, 'protocol')} ${plain(listener, 'port')}${host}`;
  };
  tellTwice(listeners, placeOf, 'the listener', tell);
  for (const listener of listeners) tellListener(listener, tell);
  const valued = spec.list('addresses').filter(address => address.has('value'));
  const addressOf = (address: Field): string => `${plain(address, 'type') || 'IPAddress'} ${plain(address, 'value')}`;
  tellTwice(valued, addressOf, 'address', tell);
};

const tellListener = (listener: Field, tell: Tell): void => {
  const protocol = plain(listener, 'protocol');
  const [tls, hostname] = [listener.at('tls'), listener.at('hostname')];
  const mode = plain(tls, 'mode') || 'Terminate';
  if (tls && withoutTls.includes(protocol)) tell('GWAPI902', tls, `a listener of ${protocol} ends no TLS`);
  if (protocol === 'TLS' && !tls) tell('GWAPI903', listener, 'a listener of TLS says in `tls` what becomes of it');
  if (tls && protocol === 'HTTPS' && mode !== 'Terminate') tell('GWAPI902', tls, 'a listener of HTTPS ends the TLS');
  if (hostname && hostname.value !== '' && withoutHosts.includes(protocol)) {
    tell('GWAPI902', hostname, `a listener of ${protocol} sees no host name`);
  }
  const options = Object.keys((tls?.at('options')?.value as object | undefined) ?? {});
  if (tls && mode === 'Terminate' && tls.list('certificateRefs').length === 0 && options.length === 0) {
    tell('GWAPI903', tls, 'TLS is ended with a certificate');
  }
};

/** Where the certificates of a backend are from, and whom they name (BackendTLSPolicySpec). */
export const backendTlsPolicy: KindRules = (spec, tell) => {
  tellReferences(spec.list('targetRefs'), ['sectionName'], tell);
  const validation = spec.at('validation');
  const known = validation?.at('wellKnownCACertificates');
  const hasOwn = (validation?.list('caCertificateRefs') ?? []).length > 0;
  const hasKnown = known !== undefined && known.value !== '';
  if (validation && hasOwn && hasKnown) {
    tell('GWAPI902', known, '`caCertificateRefs` and `wellKnownCACertificates` exclude each other');
  }
  if (validation && !hasOwn && !hasKnown) tell('GWAPI903', validation, 'nothing says whose certificates are trusted');
  for (const name of validation?.list('subjectAltNames') ?? []) tellSubject(name, tell);
};

const tellSubject = (name: Field, tell: Tell): void => {
  const type = plain(name, 'type');
  for (const [kind, key] of [
    ['Hostname', 'hostname'],
    ['URI', 'uri'],
  ] as const) {
    const field = name.at(key);
    if (type === kind && plain(name, key) === '') tell('GWAPI903', name, `type \`${kind}\` needs \`${key}\``);
    if (type !== kind && field && field.value !== '') tell('GWAPI902', field, `\`${key}\` is not for type \`${type}\``);
  }
};
