import type { Source } from '../base/source.ts';
import type { Gateway, Listener, Protocol } from './inventory.ts';

/** What routes say of a listener: its name, its port, both or nothing; and what they expect it to carry. */
export interface ListenerNeed {
  readonly carries: 'http' | 'tls' | 'tcp';
  readonly name?: string;
  readonly port?: number;
  /** The hosts of the routes; none: every host. */
  readonly hosts?: readonly string[];
  readonly source?: Source;
}

/**
 * A gateway that routes name and the input does not hold: some gateway that takes those routes, on the listeners that
 * they name and else on all it has. Whether it speaks TLS is not known, so that it takes both; only a name that tells
 * (`https`) is believed.
 */
export const referencedGateway = (
  place: Pick<Gateway, 'namespace' | 'name'>,
  needs: readonly ListenerNeed[],
  source: Source,
): Gateway => ({
  id: `${place.namespace}/${place.name}`,
  namespace: place.namespace,
  name: place.name,
  purpose: 'ingress',
  labels: {},
  evidence: 'referenced',
  listeners: needs.map(neededListener),
  source,
});

/** The listener that some routes need. What nobody named has a name that begins with a star. */
export const neededListener = ({ carries, name, port, hosts = [], source }: ListenerNeed): Listener => {
  const protocol = protocolOf(carries, name);
  const layer = carries === 'http' ? '' : ` (${carries})`;
  return {
    name: name ?? `*${port === undefined ? '' : `:${port}`}${layer}`,
    port: port ?? (protocol === 'https' || protocol === 'tls' ? 443 : 80),
    ...(port === undefined ? { anyPort: true } : {}),
    protocol,
    hosts: hosts.includes('*') ? [] : hosts,
    ...(carries === 'tls' ? { tls: { mode: 'passthrough', certificates: [] } } : {}),
    ...(source ? { source } : {}),
  };
};

/** What the routes behind such a listener are about. */
export const carriedBy = ({ protocol }: Pick<Listener, 'protocol'>): ListenerNeed['carries'] =>
  protocol === 'tls' || protocol === 'tcp' ? protocol : 'http';

/** Whether somebody named the listener, and not only its port. */
export const isNamed = ({ name }: Pick<Listener, 'name'>): boolean => !name.startsWith('*');

const protocolOf = (carries: ListenerNeed['carries'], name = ''): Protocol => {
  if (carries !== 'http') return carries;
  if (/https|tls|ssl|secure/i.test(name)) return 'https';
  return /http/i.test(name) ? 'http' : 'detect';
};
