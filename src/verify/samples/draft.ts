import type { Request, Token } from '../request.ts';

/** A request in the making, in parts that can be changed one by one. */
export interface Draft {
  readonly protocol: Request['protocol'];
  readonly method: string;
  readonly scheme: Request['scheme'];
  readonly authority?: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly token?: Token;
  readonly sourceAddress?: string;
  readonly sni?: string;
  /** The address that is dialled instead of the target's name. */
  readonly dialled?: string;
}

export type Edit = (draft: Draft) => Draft;

export const plainDraft: Draft = { protocol: 'http', method: 'GET', scheme: 'http', path: '/', query: [], headers: [] };

export const withPath =
  (path: string): Edit =>
  draft => ({ ...draft, path });

/** The lines of one header in place of those that are there. */
export const withHeader =
  (name: string, ...values: readonly string[]): Edit =>
  draft => ({
    ...draft,
    headers: [...draft.headers.filter(([header]) => header !== name), ...values.map(value => [name, value] as const)],
  });

export const withQuery =
  (name: string, ...values: readonly string[]): Edit =>
  draft => ({
    ...draft,
    query: [...draft.query.filter(([parameter]) => parameter !== name), ...values.map(value => [name, value] as const)],
  });

const without = <K extends 'token' | 'authority' | 'sourceAddress' | 'sni'>(draft: Draft, key: K): Draft => {
  const { [key]: _, ...rest } = draft;
  return rest as Draft;
};

export const withToken =
  (token: Token | undefined): Edit =>
  draft =>
    token ? { ...draft, token } : without(draft, 'token');

/** The request that the draft has become; query parameters are written as they are. */
export const requestFrom = (draft: Draft): Request => {
  const { protocol, method, scheme, headers, authority, token, sourceAddress, sni } = draft;
  const request: Writable<Request> = { protocol, method, scheme, path: targetOf(draft), headers };
  if (authority !== undefined) request.authority = authority;
  if (token) request.token = token;
  if (sourceAddress !== undefined) request.sourceAddress = sourceAddress;
  if (sni !== undefined) request.sni = sni;
  return request;
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const targetOf = ({ path, query }: Draft): string =>
  query.length === 0 ? path : `${path}?${query.map(([name, value]) => `${name}=${value}`).join('&')}`;
