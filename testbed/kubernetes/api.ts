import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { BedFailure } from '../failures.ts';

/** An object of the Kubernetes API, as far as the bed looks into it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly [part: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** How the API server is reached. */
export interface Access {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly certificate: string;
}

const textOf = async (message: IncomingMessage): Promise<string> => {
  let text = '';
  message.setEncoding('utf8');
  for await (const chunk of message) text += chunk;
  return text;
};

/** The path segment of a kind: its plural, formed as in English. */
export const pluralOf = (kind: string): string => {
  const name = kind.toLowerCase();
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(name) ? `${name}es` : `${name}s`;
};

const groupPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** Where the objects of a kind lie, in one namespace or (without one) in all. */
export const listPath = (apiVersion: string, kind: string, namespace?: string): string =>
  `${groupPath(apiVersion)}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${pluralOf(kind)}`;

export const pathOf = ({ apiVersion, kind, metadata }: KubernetesObject): string =>
  `${listPath(apiVersion, kind, metadata.namespace)}/${metadata.name}`;

/** A client of the API server, with what the bed needs of it. */
export class KubernetesApi {
  private readonly access: Access;
  private readonly agent: Agent;

  constructor(access: Access) {
    this.access = access;
    this.agent = new Agent({ keepAlive: true, maxSockets: 16, ca: access.certificate });
  }

  async ask(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const message = await this.open(method, path, text, contentType);
    const said = await textOf(message);
    const isJson = message.headers['content-type']?.startsWith('application/json') ?? false;
    return { status: message.statusCode ?? 0, body: isJson ? JSON.parse(said) : said };
  }

  /** As `ask`; an answer that is no success fails the bed. */
  async demand<T = KubernetesObject>(method: string, path: string, body?: unknown, contentType?: string): Promise<T> {
    const answer = await this.ask(method, path, body, contentType);
    if (answer.status >= 300)
      throw new BedFailure(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 600)}`);
    return answer.body as T;
  }

  /** Makes an object what is given, whether it is there or not; tells what the server said. */
  apply(object: KubernetesObject): Promise<Answer> {
    return this.ask(
      'PATCH',
      `${pathOf(object)}?fieldManager=testbed&force=true`,
      object,
      'application/apply-patch+yaml',
    );
  }

  async applyAll(objects: readonly KubernetesObject[]): Promise<readonly KubernetesObject[]> {
    return Promise.all(
      objects.map(object =>
        this.demand(
          'PATCH',
          `${pathOf(object)}?fieldManager=testbed&force=true`,
          object,
          'application/apply-patch+yaml',
        ),
      ),
    );
  }

  async list(apiVersion: string, kind: string, namespace?: string): Promise<readonly KubernetesObject[]> {
    const { items } = await this.demand<{ items: readonly object[] }>('GET', listPath(apiVersion, kind, namespace));
    return items.map(item => ({ ...item, apiVersion, kind }) as KubernetesObject);
  }

  /** What happens to the objects below a path from now on, until the server ends it. */
  async *watch(path: string): AsyncGenerator<{ readonly type: string; readonly object: KubernetesObject }> {
    const message = await this.open('GET', `${path}?watch=1`, undefined, 'application/json');
    message.setEncoding('utf8');
    let rest = '';
    for await (const chunk of message) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line);
    }
  }

  private open(method: string, path: string, text: string | undefined, type: string): Promise<IncomingMessage> {
    const { host, port, token } = this.access;
    const length = text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) };
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...length };
    return new Promise((done, failed) => {
      const isWatch = path.includes('watch=1');
      const agent = isWatch ? new Agent({ ca: this.access.certificate }) : this.agent;
      const sent = request({ host, port, method, path, headers, agent }, done);
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // A connection that was kept may be closed by the server just as it is used again; then nobody has read anything.
        const isStale = sent.reusedSocket && error.code === 'ECONNRESET';
        if (isStale) this.open(method, path, text, type).then(done, failed);
        else failed(error);
      });
      if (!isWatch) sent.setTimeout(30_000, () => sent.destroy(new BedFailure(`${method} ${path}: no answer in 30 s`)));
      sent.end(text);
    });
  }
}
