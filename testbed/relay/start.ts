import { node } from '../kubernetes/cluster.ts';
import { startOnNode } from '../kubernetes/control-plane.ts';
import { inState } from '../machine/places.ts';

const port = 15_013;

/** Where proxies ask for their configuration in place of istiod. */
export const relayAddress = `${node.address}:${port}`;

/** Starts the relay before istiod's port without TLS. */
export const startRelay = (): void =>
  startOnNode('relay', process.execPath, [inState('programs', 'relay.mjs')], {
    PORT: String(port),
    TARGET: 'http://127.0.0.1:15010',
  });
