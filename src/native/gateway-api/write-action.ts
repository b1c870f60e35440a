import type { Cors } from '../../model/capabilities/cors.ts';
import type { HeaderEdits } from '../../model/capabilities/header-edits.ts';
import type { Mirror } from '../../model/capabilities/mirror.ts';
import type { Redirect } from '../../model/capabilities/redirect.ts';
import type { Retries } from '../../model/capabilities/retries.ts';
import type { PathRewrite, Rewrite } from '../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../model/capabilities/timeouts.ts';
import type { Action, Backend } from '../../model/frontend.ts';
import type { TextMatch } from '../../model/match.ts';

type Json = Readonly<Record<string, unknown>>;

/** A Service port as an object of the API names it. */
export interface ServicePortReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** Everything of a rule beside its matches. */
export interface ActionWriting {
  /** The namespace of the route, which references leave out. */
  readonly namespace: string;
  /** The Service port behind a backend; undefined for one that leads nowhere and is to stay so. */
  readonly referTo: (backend: Backend) => ServicePortReference | undefined;
}

/** The fields of a rule of HTTPRoute; without backends, filters and timeouts they are absent. */
export const writeHttpAction = (action: Action, writing: ActionWriting): Json => {
  const filters = [
    ...modifierFilters(action),
    ...(action.mirrors ?? []).map(mirror => mirrorFilter(mirror, writing)),
    ...(action.rewrite ? [rewriteFilter(action.rewrite)] : []),
    ...(action.cors ? [corsFilter(action.cors)] : []),
    ...(action.target.kind === 'redirect' ? [redirectFilter(action.target.redirect)] : []),
  ];
  const timeouts = writeTimeouts(action.timeouts);
  return {
    ...writeName(action),
    ...(filters.length > 0 ? { filters } : {}),
    ...writeBackends(action, writing),
    ...(timeouts ? { timeouts } : {}),
    ...(action.retries ? { retry: writeRetries(action.retries) } : {}),
  };
};

/** The fields of a rule of GRPCRoute; undefined if the action does something that only HTTPRoute has words for. */
export const writeGrpcAction = (action: Action, writing: ActionWriting): Json | undefined => {
  const { target, rewrite, cors, timeouts, retries } = action;
  if (target.kind !== 'forward' || rewrite || cors || timeouts || retries) return undefined;
  const mirrors = (action.mirrors ?? []).map(mirror => mirrorFilter(mirror, writing));
  const filters = [...modifierFilters(action), ...mirrors];
  return {
    ...writeName(action),
    ...(filters.length > 0 ? { filters } : {}),
    ...writeBackends(action, writing),
  };
};

/** A rule of TLSRoute or TCPRoute, which has one backend at least (CRD validation, v1.6). */
export const writeL4Action = (action: Action, writing: ActionWriting): Json => ({
  ...writeName(action),
  backendRefs: [nothing],
  ...writeBackends(action, writing),
});

/** A rule's name is a section name: `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.…)*$`, at most 253. */
const writeName = ({ name }: Action): Json =>
  name !== undefined &&
  name.length <= 253 &&
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
    ? { name }
    : {};

const writeReference = (
  { namespace, name, port }: ServicePortReference,
  writing: ActionWriting,
  more: Json = {},
): Json => ({
  name,
  ...(namespace === writing.namespace ? {} : { namespace }),
  port,
  ...more,
});

/** A kind that no implementation knows: the share of such a reference fails, whatever Services there are. */
const nothing: Json = { group: 'supergloo.dev', kind: 'Nothing', name: 'nothing' };

/** No backend at all answers with the same status as a list of which none leads anywhere. */
const writeBackends = ({ target }: Action, writing: ActionWriting): Json => {
  if (target.kind !== 'forward') return {};
  const references = target.backends.map(({ backend }) => writing.referTo(backend));
  if (references.every(reference => reference === undefined)) return {};
  const shares = target.backends.map(({ weight, ...edits }, index) => {
    const reference = references[index];
    const filters = modifierFilters(edits);
    const more = {
      ...(target.backends.length > 1 || weight.value !== 1 ? { weight: weight.value } : {}),
      ...(filters.length > 0 ? { filters } : {}),
    };
    return reference ? writeReference(reference, writing, more) : { ...nothing, ...more };
  });
  return { backendRefs: shares };
};

const modifierFilters = ({
  requestHeaders,
  responseHeaders,
}: Pick<Action, 'requestHeaders' | 'responseHeaders'>): Json[] => [
  ...(requestHeaders ? [{ type: 'RequestHeaderModifier', requestHeaderModifier: writeEdits(requestHeaders) }] : []),
  ...(responseHeaders ? [{ type: 'ResponseHeaderModifier', responseHeaderModifier: writeEdits(responseHeaders) }] : []),
];

const writeEdits = ({ set, add, remove }: HeaderEdits): Json => {
  const list = (headers: Readonly<Record<string, string>>): Json[] =>
    Object.entries(headers).map(([name, value]) => ({ name, value }));
  return {
    ...(set ? { set: list(set) } : {}),
    ...(add ? { add: list(add) } : {}),
    ...(remove ? { remove } : {}),
  };
};

const mirrorFilter = ({ backend, percent }: Mirror, writing: ActionWriting): Json => {
  const reference = writing.referTo(backend);
  return {
    type: 'RequestMirror',
    requestMirror: {
      ...(reference ? { backendRef: writeReference(reference, writing) } : {}),
      ...(percent.value === 100 ? {} : writePercent(percent.value)),
    },
  };
};

/** Parts of a percent are a fraction; four decimals are what the model keeps. */
const writePercent = (percent: number): Json =>
  Number.isInteger(percent)
    ? { percent }
    : { fraction: { numerator: Math.round(percent * 10_000), denominator: 1_000_000 } };

const redirectFilter = ({ status, scheme, hostname, port, path }: Redirect): Json => ({
  type: 'RequestRedirect',
  requestRedirect: {
    ...(scheme === undefined ? {} : { scheme }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(path ? { path: writePathModifier(path) } : {}),
    ...(port === undefined ? {} : { port }),
    ...(status.value === 302 && status.origin !== 'written' ? {} : { statusCode: status.value }),
  },
});

const rewriteFilter = ({ host, path }: Rewrite): Json => ({
  type: 'URLRewrite',
  urlRewrite: {
    ...(host === undefined ? {} : { hostname: host }),
    ...(path ? { path: writePathModifier(path) } : {}),
  },
});

const writePathModifier = (path: PathRewrite): Json => {
  if (path.kind === 'full') return { type: 'ReplaceFullPath', replaceFullPath: path.value };
  const value = path.kind === 'regex' ? path.substitution : path.value;
  return { type: 'ReplacePrefixMatch', replacePrefixMatch: value };
};

const corsFilter = (cors: Cors): Json => ({
  type: 'CORS',
  cors: {
    allowOrigins: cors.allowOrigins.flatMap(origin => corsOrigin(origin) ?? []),
    ...(cors.allowMethods ? { allowMethods: cors.allowMethods } : {}),
    ...(cors.allowHeaders ? { allowHeaders: cors.allowHeaders } : {}),
    ...(cors.exposeHeaders ? { exposeHeaders: cors.exposeHeaders } : {}),
    ...(cors.allowCredentials === undefined ? {} : { allowCredentials: cors.allowCredentials }),
    ...(cors.maxAgeSeconds === undefined ? {} : { maxAge: cors.maxAgeSeconds }),
  },
});

/** An origin as the API writes it; undefined for one it has no word for. Only expressions that reading makes come back. */
export const corsOrigin = (origin: TextMatch): string | undefined => {
  if (origin.kind === 'present') return '*';
  if (origin.kind === 'exact') return origin.ignoreCase ? undefined : origin.value;
  if (origin.kind !== 'regex' || origin.regex.anchoring !== 'full') return undefined;
  const parts = origin.regex.pattern.split('.+').map(part => part.replace(/\\([.*+?^${}()|[\]\\])/g, '$1'));
  const text = parts.join('*');
  return /^https?:\/\/[A-Za-z0-9.*:-]+$/.test(text) ? text : undefined;
};

const writeTimeouts = (timeouts: Timeouts | undefined): Json | undefined => {
  if (!timeouts?.request && !timeouts?.perTry) return undefined;
  return {
    ...(timeouts.request ? { request: writeDuration(timeouts.request.value) } : {}),
    ...(timeouts.perTry ? { backendRequest: writeDuration(timeouts.perTry.value) } : {}),
  };
};

/** GEP-2257: whole `h`, `m`, `s` and `ms` of at most five digits each. */
const writeDuration = (ms: number): string => {
  const rest = Math.max(ms > 0 ? 1 : 0, Math.round(ms));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(rest / 3_600_000), 'h'],
    [Math.floor(rest / 60_000) % 60, 'm'],
    [Math.floor(rest / 1000) % 60, 's'],
    [rest % 1000, 'ms'],
  ];
  const text = parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('');
  return text === '' ? '0s' : text;
};

const writeRetries = ({ max, on, backoff }: Retries): Json => {
  const codes = on.value.flatMap(condition => {
    const code = /^status:(\d+)$/.exec(condition)?.[1];
    return code === undefined ? [] : [Number(code)];
  });
  return {
    ...(codes.length > 0 ? { codes } : {}),
    attempts: max.value,
    ...(backoff ? { backoff: writeDuration(backoff.value.baseMs) } : {}),
  };
};
