import { type IncomingMessage, request } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { Question } from '../probe/question.ts';
import { idHeader, planHeader, type Reply } from '../probe/wire.ts';

const serverNameOf = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase();

/** Sends one request to a port of this machine, byte for byte as it is asked. */
export const send = (port: number, id: string, { request: asked, plan }: Question): Promise<Reply> =>
  new Promise(done => {
    const began = performance.now();
    const headers = [
      ['Host', asked.authority ?? ''] as const,
      ...asked.headers,
      [idHeader, id] as const,
      ...(plan ? [[planHeader, JSON.stringify(plan)] as const] : []),
    ];
    const finish = (reply: Omit<Reply, 'ms'>): void => {
      clearTimeout(timer);
      done({ ...reply, ms: Math.round(performance.now() - began) });
    };
    const { method, path } = asked;
    const options = { host: '127.0.0.1', port, method, path, headers: headers.flat(), agent: false, setHost: false };
    const answered = (message: IncomingMessage): void => {
      let body = '';
      message.setEncoding('utf8');
      message.on('data', chunk => {
        body += chunk;
      });
      const raw = message.rawHeaders;
      const seen = {
        status: message.statusCode ?? 0,
        headers: raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : [])),
      };
      message.on('end', () => finish({ ...seen, body }));
      message.on('error', error => finish({ ...seen, body, error: error.message }));
    };
    const servername = asked.sni ?? serverNameOf(asked.authority ?? '');
    const sent =
      asked.scheme === 'https'
        ? requestOverTls({ ...options, servername, rejectUnauthorized: false }, answered)
        : request(options, answered);
    const timer = setTimeout(() => sent.destroy(new Error('patience')), 15_000);
    sent.on('error', error => finish({ error: error.message }));
    sent.end();
  });

/** Does many things, so many at a time; results stand in the order of the things. */
export const atOnce = async <T, R>(all: readonly T[], most: number, work: (one: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < all.length; index = next++) results[index] = await work(all[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker));
  return results;
};
