/** Certificates of the mesh for those who have no proxy that would fetch them: from istiod, by the token of an account. */
import { readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:http2';
import { BedFailure } from '../failures.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { node } from '../kubernetes/cluster.ts';
import { inState } from '../machine/places.ts';
import { run } from '../machine/run.ts';
import { rootNamespace } from './install.ts';

/** A key and the certificates that go with it, its own first. */
export interface Identity {
  readonly key: string;
  readonly certificates: string;
}

const server = `istiod.${rootNamespace}.svc`;

/** A length in front of what may be longer than a byte tells. */
const varint = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];

const framed = (message: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};

/** `IstioCertificateRequest` with nothing but its `csr`. */
const requestFor = (csr: string): Buffer =>
  framed(Buffer.concat([Buffer.from([0x0a, ...varint(Buffer.byteLength(csr))]), Buffer.from(csr)]));

/** The texts in `cert_chain` of an `IstioCertificateResponse`, which has no other fields. */
const chainIn = (message: Buffer): string => {
  const texts: string[] = [];
  let at = 5;
  while (at < message.length) {
    at += 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at] ?? 0;
      at += 1;
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    texts.push(message.subarray(at, at + length).toString());
    at += length;
  }
  return texts.join('\n');
};

const signed = (csr: string, token: string): Promise<string> =>
  new Promise((done, failed) => {
    const session = connect(`https://${node.address}:15012`, { servername: server, rejectUnauthorized: false });
    const fail = (why: string): void => {
      session.destroy();
      failed(new BedFailure(`istiod gives no certificate: ${why}`));
    };
    session.on('error', error => fail(error.message));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/istio.v1.auth.IstioCertificateService/CreateCertificate',
      ':authority': server,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: `Bearer ${token}`,
      clusterid: 'Kubernetes',
    });
    const parts: Buffer[] = [];
    let why = '';
    stream.on('data', part => parts.push(part));
    const note = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined && headers['grpc-status'] !== '0') why = String(headers['grpc-message']);
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('error', error => fail(error.message));
    stream.on('end', () => {
      if (why !== '' || parts.length === 0) return fail(why || 'no answer');
      session.close();
      done(chainIn(Buffer.concat(parts)));
    });
    stream.end(requestFor(csr));
  });

/** A new key, and what asks for its certificate. Whose it will be the token says. */
const keyAndRequest = (file: string): { readonly key: string; readonly request: string } => {
  const request = run('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', file, '-subj', '/']);
  const key = readFileSync(file, 'utf8');
  rmSync(file);
  return { key, request };
};

/** The identity of an account, as the agent beside a proxy would get it. */
export const identityOf = async (api: KubernetesApi, namespace: string, account: string): Promise<Identity> => {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const { status } = await api.demand<{ status: { token: string } }>('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: ['istio-ca'], expirationSeconds: 43_200 },
  });
  const { key, request } = keyAndRequest(inState(`${namespace}.${account}.key`));
  return { key, certificates: await signed(request, status.token) };
};
