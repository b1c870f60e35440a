/** What travels between the bed's applications and whoever conducts them. */

/** The port on which an application takes orders; sidecars leave it alone. */
export const controlPort = 9999;

/** One request that an application is told to send, byte for byte. */
export interface Send {
  readonly address: string;
  readonly port: number;
  /** `tls`: bytes that begin as TLS does, with a server name; nobody goes on to speak it. `grpc`: one call without a message. */
  readonly protocol: 'http' | 'grpc' | 'tcp' | 'tls';
  /** The server name for `tls`; absent: none. */
  readonly sni?: string;
  readonly method?: string;
  readonly path?: string;
  /** With the Host; nothing is added but the length of a body. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** Goes by a tunnel that its address is the entrance of. */
  readonly tunnel?: Tunnel;
  /** Waits so long before it is sent. */
  readonly afterMs?: number;
  /** For bytes and answers: give up after so long. */
  readonly patienceMs?: number;
}

/** A tunnel as ambient's nodes make them: HTTP/2 over mutual TLS, in which a CONNECT names what is dialled. */
export interface Tunnel {
  /** What is dialled, with its port. */
  readonly to: string;
  /** The name of the service that is dialled. */
  readonly host: string;
  /** The address of the caller. */
  readonly from: string;
  /** Who the caller is, for those who watch traffic. */
  readonly source: string;
  /** Proves who the caller is. */
  readonly key: string;
  readonly certificates: string;
}

/** What came back to the sender. */
export interface Reply {
  /** Absent: the connection ended without an answer. */
  readonly status?: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** The status of a call, for `grpc`. */
  readonly grpcStatus?: number;
  readonly error?: string;
  readonly ms: number;
}

/** A request that reached an application. */
export interface Hit {
  readonly id: string;
  readonly pod: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyBytes: number;
}

/** The header that names a request wherever it goes. */
export const idHeader = 'x-probe-id';
/** The header that tells an application how to answer: a `Plan` in JSON. */
export const planHeader = 'x-probe-plan';

/** How an application answers one request; absent parts: 200, at once. */
export interface Plan {
  readonly status?: number;
  /** The status of a call, in place of `status`. */
  readonly grpc?: number;
  readonly delayMs?: number;
  /** Ends the connection in place of an answer. */
  readonly reset?: true;
  /** Only the first so many tries of a request are answered so, by the count that proxies keep; the others with 200. */
  readonly times?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Only workloads whose names end so answer so; the others with 200, at once. */
  readonly only?: readonly string[];
}
