import type { Protocol } from '../../model/inventory.ts';

/** What a Service says about a port that bears on its protocol. */
export interface PortDeclaration {
  /** `TCP` if absent. */
  readonly transport?: string;
  readonly appProtocol?: string;
  readonly name?: string;
}

const byWord: Readonly<Record<string, Protocol>> = {
  http: 'http',
  http2: 'http2',
  grpc: 'grpc',
  https: 'https',
  tls: 'tls',
  tcp: 'tcp',
  mongo: 'tcp',
  mysql: 'tcp',
  redis: 'tcp',
  udp: 'udp',
};

/** The names that Kubernetes itself defines for `appProtocol` (KEP-3726). */
const standardNames: Readonly<Record<string, Protocol>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
};

/**
 * The protocol of a service port by the rule that most meshes share: `appProtocol`, or else the port's name up to the
 * first hyphen (`http-admin`), in any case; a word that says nothing means detection. gRPC-Web is HTTP/1.1 or HTTP/2
 * on the wire. Only TCP reaches a proxy, so every other transport counts as `udp`.
 */
export const protocolOf = ({ transport = 'TCP', appProtocol, name }: PortDeclaration): Protocol => {
  if (transport.toUpperCase() !== 'TCP') return 'udp';
  const standard = standardNames[appProtocol ?? ''];
  if (standard) return standard;
  const words = (appProtocol ?? name ?? '').toLowerCase();
  if (words.startsWith('grpc-web')) return 'http';
  const [word = ''] = words.split('-');
  return Object.hasOwn(byWord, word) ? (byWord[word] ?? 'detect') : 'detect';
};
