import type { Model } from '../../model/model.ts';
import type { Witness } from '../../verify/compare/comparison.ts';
import type { Caller, Request } from '../../verify/request.ts';

/**
 * The command that tells the way of a witness on one side, as `askOf` reads it back. Undefined where no command line can
 * say it: a caller's address, a token that is not plain, a service that goes by another name on this side.
 */
export const explainCommand = (
  { request, client, to }: Witness,
  via: string | undefined,
  files: string,
  model: Model,
): string | undefined => {
  if (request.sourceAddress !== undefined) return undefined;
  const claims = claimsOf(request);
  if (!claims) return undefined;
  const host = 'service' in to ? dialled(to.service, model) : to.host;
  if (host === undefined) return undefined;
  const port = to.port === undefined ? '' : `:${to.port}`;
  const words = [
    ['supergloo explain -f', files],
    ['--from', callerWord(client)],
    ['--to', `${host}${port}`],
    ...(via === undefined ? [] : [['--via', via]]),
    ...(request.protocol === 'http' ? [] : [['--protocol', request.protocol]]),
    ...(request.scheme === 'http' ? [] : [['--scheme', request.scheme]]),
    ...(request.method === 'GET' ? [] : [['--method', request.method]]),
    ...(request.path === '/' ? [] : [['--path', request.path]]),
    ...(request.authority === undefined ? [] : [['--host', request.authority]]),
    ...(request.sni === undefined ? [] : [['--sni', request.sni]]),
    ...request.headers.map(([name, value]) => ['--header', `${name}=${value}`]),
    ...claims.map(claim => ['--claim', claim]),
  ];
  return words.map(([option = '', word = '']) => `${option} ${quoted(word)}`).join(' ');
};

const callerWord = (caller: Caller): string => {
  if (caller.kind === 'outside') return 'outside';
  if (caller.kind === 'joined') return `${caller.from}/${caller.name}`;
  return `${caller.kind === 'serviceAccount' ? 'sa:' : ''}${caller.namespace}/${caller.name}`;
};

/** `web.shop` for a Service, the host for what is outside. */
const dialled = (id: string, { inventory }: Model): string | undefined =>
  inventory.services.find(service => service.id === id)?.hosts[0]?.replace(/\.svc\.cluster\.local$/, '');

const claimsOf = ({ token }: Request): readonly string[] | undefined => {
  if (!token) return [];
  const { issuer, audiences, claims, valid, subject, presenter } = token;
  const isPlain = valid && audiences.length === 0 && subject === undefined && presenter === undefined;
  if (!isPlain || Object.values(claims).some(claim => typeof claim !== 'string')) return undefined;
  return Object.entries({ ...claims, iss: issuer }).map(([name, value]) => `${name}=${value}`);
};

/** As a shell reads it back to the same word. */
const quoted = (word: string): string => (/^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
