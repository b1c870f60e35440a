import { request } from 'node:http';
import { BedFailure } from '../failures.ts';
import { controlPort, type Hit, type Reply, type Send } from './wire.ts';

/** Where an application takes orders. */
export interface Post {
  readonly address: string;
  readonly port?: number;
}

const call = <T>({ address, port = controlPort }: Post, path: string, body?: unknown): Promise<T> =>
  new Promise((done, failed) => {
    const sent = request({ host: address, port, path, method: 'POST', agent: false, timeout: 300_000 }, answer => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', chunk => {
        text += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 200) done(JSON.parse(text) as T);
        else failed(new BedFailure(`the application at ${address}: ${text}`));
      });
    });
    sent.on('timeout', () => sent.destroy(new BedFailure(`the application at ${address} does not answer`)));
    sent.on('error', error => failed(new BedFailure(`the application at ${address}: ${error.message}`)));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

/** An application that can be told to send requests, and asked what has reached it. */
export interface Orders {
  /** Replies stand in the order of the requests. */
  send(sends: readonly Send[], atOnce?: number): Promise<readonly Reply[]>;
  /** What has come in since the last time. */
  hits(): Promise<readonly Hit[]>;
  /** A page of the admin interface of the sidecar beside it. */
  proxy(path: string): Promise<string>;
}

export const order = (post: Post): Orders => ({
  send: (sends, atOnce = 8) => call(post, '/send', { sends, atOnce }),
  hits: () => call(post, '/hits'),
  proxy: path => call(post, `/proxy${path}`),
});
