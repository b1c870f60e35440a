import { connect } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Reply, Send, Tunnel } from '../probe/wire.ts';

/** Sends something in a tunnel of its own. A tunnel that is refused answers with the status of the refusal. */
export const inTunnel = (
  { address, port, patienceMs = 10_000 }: Send,
  { to, key, certificates }: Tunnel,
  send: (through: Duplex) => Promise<Reply>,
): Promise<Reply> =>
  new Promise(done => {
    const began = performance.now();
    // The certificate of a waypoint bears its identity and no name of a host.
    const session = connect(`https://${address}:${port}`, { key, cert: certificates, rejectUnauthorized: false });
    let isOver = false;
    const finish = (reply: Omit<Reply, 'ms'>): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      session.destroy();
      done({ ...reply, ms: Math.round(performance.now() - began) });
    };
    const timer = setTimeout(() => finish({ error: 'patience' }), patienceMs);
    session.on('error', error => finish({ error: error.message }));
    const stream = session.request({ ':method': 'CONNECT', ':authority': to });
    stream.on('error', error => finish({ error: error.message }));
    stream.on('close', () => finish({ error: 'closed' }));
    stream.on('response', ({ ':status': status }) => {
      if (status !== 200) return finish({ status: Number(status), body: 'the tunnel is refused' });
      send(stream).then(finish, error => finish({ error: String(error) }));
    });
  });
