import { Duplex } from 'node:stream';
import { connect } from 'node:tls';

const hellos = new Map<string, Promise<Buffer>>();

const madeFor = (sni: string): Promise<Buffer> =>
  new Promise(done => {
    const wire = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _, next) => {
        done(chunk);
        next();
      },
    });
    const spoken = sni === '' ? {} : { servername: sni };
    connect({ socket: wire, rejectUnauthorized: false, ...spoken }).on('error', () => wire.destroy());
  });

/** The first bytes of a TLS connection: by these proxies tell which server it is for. */
export const helloFor = (sni = ''): Promise<Buffer> => {
  const hello = hellos.get(sni) ?? madeFor(sni);
  hellos.set(sni, hello);
  return hello;
};
