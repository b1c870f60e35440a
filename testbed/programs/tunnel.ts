import { connect } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Send, Tunnel } from '../probe/wire.ts';

/** Opens a tunnel, in a connection of its own, with what ztunnel says of its caller and of the service. One that is refused fails with the status. */
export const openTunnel = (
  { address, port }: Send,
  { to, host, from, source, key, certificates }: Tunnel,
): Promise<Duplex> =>
  new Promise((done, failed) => {
    // The certificate of a waypoint bears its identity and no name of a host.
    const session = connect(`https://${address}:${port}`, { key, cert: certificates, rejectUnauthorized: false });
    session.on('error', failed);
    const stream = session.request({
      ':method': 'CONNECT',
      ':authority': to,
      baggage: source,
      forwarded: `for="${from}:0";host=${host}`,
      traceparent: '00-00000000000000000000000000000001-0000000000000001-00',
    });
    stream.on('error', failed);
    stream.on('close', () => session.destroy());
    stream.on('response', ({ ':status': status }) => {
      if (status === 200) return done(stream);
      stream.close();
      failed(new Error(`the tunnel is refused with ${status}`));
    });
  });
