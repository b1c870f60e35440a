import type { Ask, Request } from '../request.ts';

type Step = (request: Request) => Request | undefined;

const without = (request: Request, key: 'authority' | 'token' | 'sourceAddress' | 'sni'): Request | undefined => {
  if (request[key] === undefined) return undefined;
  const { [key]: _, ...rest } = request;
  return rest as Request;
};

const withPath = (request: Request, path: string): Request | undefined =>
  path === request.path || !path.startsWith('/') ? undefined : { ...request, path };

const parts = (path: string): { path: string; query: string } => {
  const mark = path.indexOf('?');
  return mark < 0 ? { path, query: '' } : { path: path.slice(0, mark), query: path.slice(mark) };
};

/** Smaller requests that may still show the same: a part less, or a plainer one. */
const steps = (request: Request): Step[] => {
  const { path, query } = parts(request.path);
  const parameters = query.slice(1).split('&');
  return [
    ...request.headers.map((_, index) => (r: Request) => ({ ...r, headers: r.headers.toSpliced(index, 1) })),
    r => without(r, 'token'),
    r => without(r, 'authority'),
    r => without(r, 'sourceAddress'),
    r => without(r, 'sni'),
    r => (r.method === 'GET' ? undefined : { ...r, method: 'GET' }),
    r => (query === '' ? undefined : withPath(r, path)),
    ...parameters.map((_, index) => (r: Request) => {
      const fewer = parameters.toSpliced(index, 1).join('&');
      return fewer === '' || parameters.length === 1 ? undefined : withPath(r, `${path}?${fewer}`);
    }),
    r => withPath(r, `/${query}`),
    r => withPath(r, `${path.slice(0, path.lastIndexOf('/')) || '/'}${query}`),
    r => (path.length > 1 ? withPath(r, `${path.slice(0, -1)}${query}`) : undefined),
    ...request.headers.map(
      ([name, value], index) =>
        (r: Request) =>
          value.length > 0 ? { ...r, headers: r.headers.with(index, [name, value.slice(0, -1)]) } : undefined,
    ),
  ];
};

/** A question from which nothing can be taken away without losing what `shows` asks for. */
export const shrink = (ask: Ask, shows: (ask: Ask) => boolean): Ask => {
  let smallest = ask;
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    for (const step of steps(smallest.request)) {
      const request = step(smallest.request);
      if (!request) continue;
      const candidate = { ...smallest, request };
      if (!shows(candidate)) continue;
      smallest = candidate;
      shrunk = true;
      break;
    }
  }
  return smallest;
};
