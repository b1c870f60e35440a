import type { Listener, ListenerTls } from '../../model/inventory.ts';
import { tlsVersion } from './judge-gateway.ts';
import { type Node, said } from './text.ts';

/** Where Secrets with certificates are to be mounted, each in a folder of its own name. */
export const certificateFolder = '/etc/envoy/certificates';

const isFile = (name: string): boolean => name.startsWith('/');

/** The file of a certificate: as it is named, or the part of a Secret of that name. */
const fileOf = (name: string, part: 'tls.crt' | 'tls.key' | 'ca.crt'): Node => ({
  filename: isFile(name) ? name : `${certificateFolder}/${name}/${part}`,
});

/** What a listener for TLS does with a connection before it is HTTP. */
export const downstreamTls = (tls: ListenerTls): Node => {
  const { mode, certificates, keys, clientAuthorities = [], subjectNames = [], minVersion, maxVersion, ciphers } = tls;
  const [authority] = mode === 'terminate' ? [] : clientAuthorities;
  const parameters = said({
    tls_minimum_protocol_version: minVersion && tlsVersion(minVersion.value),
    tls_maximum_protocol_version: maxVersion && tlsVersion(maxVersion.value),
    cipher_suites: ciphers?.length ? ciphers : undefined,
  });
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: said({
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      require_client_certificate: mode === 'mutual' ? true : undefined,
      common_tls_context: said({
        alpn_protocols: ['h2', 'http/1.1'],
        tls_params: Object.keys(parameters).length > 0 ? parameters : undefined,
        tls_certificates: certificates.map((name, index) => ({
          certificate_chain: fileOf(name, 'tls.crt'),
          private_key: fileOf(keys?.[index] ?? name, 'tls.key'),
        })),
        validation_context: authority && {
          trusted_ca: fileOf(authority, 'ca.crt'),
          ...(subjectNames.length > 0 ? { match_typed_subject_alt_names: subjectNames.map(subjectName) } : {}),
        },
      }),
    }),
  };
};

const subjectName = (name: string): Node => ({
  san_type: name.includes('://') ? 'URI' : 'DNS',
  matcher: { exact: name },
});

/** Which connections a listener for TLS takes: by server name, or all. */
export const serverNames = ({ hosts }: Listener): Node => ({
  transport_protocol: 'tls',
  ...(hosts.length > 0 && !hosts.includes('*') ? { server_names: hosts } : {}),
});
