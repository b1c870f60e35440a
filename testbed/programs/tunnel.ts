import { type ClientHttp2Session, connect } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Send, Tunnel } from '../probe/wire.ts';

const sessions = new Map<string, ClientHttp2Session>();

/** Connections to waypoints are kept, as the proxy of a node keeps them. */
const sessionAt = (target: string, { key, certificates }: Tunnel): ClientHttp2Session => {
  const known = sessions.get(target);
  if (known && !known.closed && !known.destroyed) return known;
  // The certificate of a waypoint bears its identity and no name of a host.
  const session = connect(target, { key, cert: certificates, rejectUnauthorized: false });
  session.on('error', () => session.destroy());
  sessions.set(target, session);
  return session;
};

/** Opens a tunnel with what ztunnel says of its caller and of the service. One that is refused fails with the status. */
export const openTunnel = ({ address, port }: Send, tunnel: Tunnel): Promise<Duplex> =>
  new Promise((done, failed) => {
    const { to, host, from, source } = tunnel;
    const stream = sessionAt(`https://${address}:${port}`, tunnel).request({
      ':method': 'CONNECT',
      ':authority': to,
      baggage: source,
      forwarded: `for="${from}:0";host=${host}`,
      traceparent: '00-00000000000000000000000000000001-0000000000000001-00',
    });
    stream.on('error', failed);
    stream.on('response', ({ ':status': status }) => {
      if (status === 200) return done(stream);
      stream.close();
      failed(new Error(`the tunnel is refused with ${status}`));
    });
  });
