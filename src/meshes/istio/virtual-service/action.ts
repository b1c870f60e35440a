import type { Field } from '../../../base/field.ts';
import { meshDefault, proxyDefault, type Setting, written } from '../../../base/source.ts';
import { parseDurationMs } from '../../../base/units.ts';
import type { Cors } from '../../../model/capabilities/cors.ts';
import type { Fault } from '../../../model/capabilities/fault.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Mirror } from '../../../model/capabilities/mirror.ts';
import type { Redirect } from '../../../model/capabilities/redirect.ts';
import type { Retries, RetryCondition } from '../../../model/capabilities/retries.ts';
import type { Rewrite } from '../../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../../model/capabilities/timeouts.ts';
import type { Action, Backend, Target, WeightedBackend } from '../../../model/frontend.ts';
import { defaultRetries } from '../defaults.ts';
import { readTextMatch } from './text-match.ts';

/** How a destination of a route is found; see `destinations.ts`. */
export type FindBackend = (destination: Field) => Backend;

/**
 * Where an action is written: the rule itself, and for a delegate the parent's rule behind it, whose settings it
 * inherits one by one (observed, row 2.12).
 */
export interface Written {
  readonly rule: Field;
  readonly parent?: Field;
}

const part = (written: Written, key: string): Field | undefined => written.rule.at(key) ?? written.parent?.at(key);

export const durationOf = (field: Field | undefined): Setting<number> | undefined => {
  const text = field?.asText();
  const ms = text === undefined ? undefined : parseDurationMs(text);
  if (field && text !== undefined && ms === undefined) field.leave('not a duration');
  return ms === undefined ? undefined : written(ms, field);
};

/** One element of `http[]` without its match. */
export const readAction = (id: string, at: Written, findBackend: FindBackend, mesh: { retries: Retries }): Action => {
  const name = at.rule.text('name');
  const fault = readFault(part(at, 'fault'));
  const mirrors = readMirrors(at, findBackend);
  const cors = readCors(part(at, 'corsPolicy'));
  const headers = part(at, 'headers');
  const request = readHeaderEdits(headers?.at('request'));
  const response = readHeaderEdits(headers?.at('response'));
  const rewrite = readRewrite(part(at, 'rewrite'));
  const retries = readRetries(part(at, 'retries'), mesh.retries);
  const timeouts = readTimeouts(at);
  return {
    id,
    ...(name === undefined ? {} : { name }),
    target: readTarget(at.rule, findBackend),
    ...(timeouts ? { timeouts } : {}),
    retries,
    ...(fault ? { fault } : {}),
    ...(mirrors.length > 0 ? { mirrors } : {}),
    ...(cors ? { cors } : {}),
    ...(request ? { requestHeaders: request } : {}),
    ...(response ? { responseHeaders: response } : {}),
    ...(rewrite ? { rewrite } : {}),
    source: at.rule,
  };
};

const readTarget = (rule: Field, findBackend: FindBackend): Target => {
  const redirect = rule.at('redirect');
  if (redirect) return { kind: 'redirect', redirect: readRedirect(redirect) };
  const direct = rule.at('directResponse');
  if (direct) {
    const body = direct.find('body')?.text('string') ?? decodeBytes(direct.find('body', 'bytes'));
    const status = direct.number('status') ?? 200;
    return { kind: 'respond', response: { status, ...(body === undefined ? {} : { body }), source: direct } };
  }
  return { kind: 'forward', backends: readBackends(rule.list('route'), findBackend) };
};

const decodeBytes = (field: Field | undefined): string | undefined => {
  const text = field?.asText();
  return text === undefined ? undefined : `base64:${text}`;
};

/**
 * Weights: a single destination takes everything, whatever it says; beside others an absent weight is zero (observed,
 * rows 4.1–4.3). TCP and TLS routes share the rule.
 */
export const readBackends = (routes: readonly Field[], findBackend: FindBackend): WeightedBackend[] =>
  routes.map(route => {
    const weight = route.at('weight');
    const value = weight?.asNumber();
    const alone = routes.length === 1;
    const destination = route.at('destination');
    const headers = route.at('headers');
    const request = readHeaderEdits(headers?.at('request'));
    const response = readHeaderEdits(headers?.at('response'));
    return {
      backend: destination
        ? findBackend(destination)
        : { kind: 'nowhere', status: 503, why: 'no destination is written', named: '' },
      weight: alone ? proxyDefault(1) : value === undefined ? proxyDefault(0) : written(value, weight),
      ...(request ? { requestHeaders: request } : {}),
      ...(response ? { responseHeaders: response } : {}),
      source: route,
    };
  });

const readTimeouts = (at: Written): Timeouts | undefined => {
  const request = durationOf(part(at, 'timeout'));
  const perTry = durationOf(part(at, 'retries')?.at('perTryTimeout'));
  if (!request && !perTry) return undefined;
  return { ...(request ? { request } : {}), ...(perTry ? { perTry } : {}) };
};

const grpcStatuses = new Set(['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable']);

/** Envoy's words for retry conditions; numbers are status codes (meshes.md A.10.2). */
export const readRetryConditions = (text: string): RetryCondition[] =>
  text
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')
    .map(word => {
      if (/^\d+$/.test(word)) return `status:${Number(word)}` as const;
      return grpcStatuses.has(word) ? (`grpc:${word}` as const) : (word as RetryCondition);
    });

/**
 * Absent: the mesh's default, two more tries. An empty block switches retries off, and a block without `retryOn`
 * takes the proxy's own conditions, not the mesh's (observed, rows 6.3, 6b.2, 6b.6).
 */
export const readRetries = (field: Field | undefined, otherwise: Retries): Retries => {
  if (!field) return otherwise;
  field.isEmptyObject();
  const attempts = field.at('attempts');
  const retryOn = field.at('retryOn');
  const conditions = retryOn?.asText();
  const backoff = durationOf(field.at('backoff'));
  const others = field.at('retryRemoteLocalities');
  const avoid = field.at('retryIgnorePreviousHosts');
  return {
    max: written(attempts?.asNumber() ?? 0, attempts ?? field),
    on: conditions ? written(readRetryConditions(conditions), retryOn) : defaultRetries.on,
    ...(backoff ? { backoff: written({ baseMs: backoff.value }, field.at('backoff')) } : {}),
    ...(others ? { otherLocalities: written(others.asBoolean() ?? false, others) } : {}),
    ...(avoid ? { avoidPreviousHosts: written(avoid.asBoolean() ?? false, avoid) } : {}),
    source: field,
  };
};

/** What a `retries` block in MeshConfig gives every route that has none. */
export const asMeshDefault = (retries: Retries): Retries => ({
  ...retries,
  max: meshDefault(retries.max.value, retries.max.source),
  on: retries.on.origin === 'written' ? meshDefault(retries.on.value, retries.on.source) : retries.on,
});

/** An absent percentage injects nothing (observed, row 8.1). */
const readFault = (field: Field | undefined): Fault | undefined => {
  if (!field) return undefined;
  const delay = field.at('delay');
  const abort = field.at('abort');
  const ms = durationOf(delay?.at('fixedDelay'));
  delay?.at('exponentialDelay')?.leave('declared in the API and not implemented');
  abort?.at('http2Error')?.leave('declared in the API and not implemented');
  const status = abort?.number('httpStatus');
  const grpcStatus = abort?.text('grpcStatus');
  return {
    ...(delay && ms ? { delay: { ms: ms.value, percent: readPercent(delay, 0), source: delay } } : {}),
    ...(abort
      ? {
          abort: {
            ...(status === undefined ? {} : { status }),
            ...(grpcStatus === undefined ? {} : { grpcStatus }),
            percent: readPercent(abort, 0),
            source: abort,
          },
        }
      : {}),
  };
};

/** `percentage.value`, or the deprecated whole number `percent`. */
const readPercent = (field: Field, absent: number): Setting<number> => {
  const value = field.find('percentage', 'value') ?? field.at('percent');
  const percent = value?.asNumber();
  if (field.at('percentage')?.isEmptyObject()) return written(0, field.at('percentage'));
  return percent === undefined ? proxyDefault(absent) : written(percent, value);
};

/** Absent percentage: everything is mirrored; zero: nothing (observed, row 9.1). */
const readMirrors = (at: Written, findBackend: FindBackend): Mirror[] => {
  const list = part(at, 'mirrors')?.items() ?? [];
  const mirrors = list.flatMap((field): Mirror[] => {
    const destination = field.at('destination');
    if (!destination) return [];
    return [{ backend: findBackend(destination), percent: readPercent(field, 100), source: field }];
  });
  const single = part(at, 'mirror');
  if (!single) return mirrors;
  const owner = at.rule.has('mirror') || !at.parent ? at.rule : at.parent;
  const value = owner.find('mirrorPercentage', 'value') ?? owner.at('mirrorPercent') ?? owner.at('mirror_percent');
  const number = value?.asNumber();
  const percent = number === undefined ? proxyDefault(100) : written(number, value);
  return [...mirrors, { backend: findBackend(single), percent, source: single }];
};

const readCors = (field: Field | undefined): Cors | undefined => {
  if (!field) return undefined;
  const old = field.texts('allowOrigin')?.map(value => ({ kind: 'exact' as const, value })) ?? [];
  const maxAge = durationOf(field.at('maxAge'));
  const unmatched = field.text('unmatchedPreflights');
  const allowMethods = field.texts('allowMethods');
  const allowHeaders = field.texts('allowHeaders');
  const exposeHeaders = field.texts('exposeHeaders');
  const allowCredentials = field.boolean('allowCredentials');
  return {
    allowOrigins: [...field.list('allowOrigins').map(readTextMatch), ...old],
    ...(allowMethods ? { allowMethods } : {}),
    ...(allowHeaders ? { allowHeaders } : {}),
    ...(exposeHeaders ? { exposeHeaders } : {}),
    ...(maxAge ? { maxAgeSeconds: maxAge.value / 1000 } : {}),
    ...(allowCredentials === undefined ? {} : { allowCredentials }),
    // A preflight from another origin goes to the application unless told otherwise (observed, row 10.2).
    ...(unmatched === 'IGNORE' ? { unmatchedPreflights: 'ignore' as const } : {}),
    ...(unmatched === 'FORWARD' || unmatched === 'UNSPECIFIED' ? { unmatchedPreflights: 'forward' as const } : {}),
    source: field,
  };
};

const lowerKeys = (map: Record<string, string> | undefined): Record<string, string> | undefined =>
  map && Object.fromEntries(Object.entries(map).map(([key, value]) => [key.toLowerCase(), value]));

export const readHeaderEdits = (field: Field | undefined): HeaderEdits | undefined => {
  if (!field) return undefined;
  const set = lowerKeys(field.textMap('set'));
  const add = lowerKeys(field.textMap('add'));
  const remove = field.texts('remove')?.map(name => name.toLowerCase());
  if (!set && !add && !remove) return undefined;
  return { ...(set ? { set } : {}), ...(add ? { add } : {}), ...(remove ? { remove } : {}), source: field };
};

const readRewrite = (field: Field | undefined): Rewrite | undefined => {
  if (!field) return undefined;
  const host = field.text('authority');
  const uri = field.text('uri');
  const pattern = field.find('uriRegexRewrite')?.text('match');
  const substitution = field.find('uriRegexRewrite')?.text('rewrite') ?? '';
  if (host === undefined && uri === undefined && pattern === undefined) return undefined;
  return {
    ...(host === undefined ? {} : { host }),
    ...(uri === undefined ? {} : { path: { kind: 'prefix' as const, value: uri } }),
    ...(pattern === undefined ? {} : { path: { kind: 'regex' as const, pattern, substitution } }),
    source: field,
  };
};

/** A redirect keeps the query; 301 unless said otherwise (observed, row 11.7). */
const readRedirect = (field: Field): Redirect => {
  const uri = field.text('uri');
  const prefix = field.text('prefixRewrite');
  const hostname = field.text('authority');
  const scheme = field.text('scheme');
  const port = field.number('port');
  const derive = field.text('derivePort');
  const code = field.at('redirectCode');
  const status = code?.asNumber();
  return {
    status: status === undefined ? proxyDefault(301) : written(status, code),
    ...(scheme === undefined ? {} : { scheme }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(port === undefined ? {} : { port }),
    ...(derive === 'FROM_PROTOCOL_DEFAULT' ? { portFrom: 'scheme' as const } : {}),
    ...(derive === 'FROM_REQUEST_PORT' ? { portFrom: 'request' as const } : {}),
    ...(uri === undefined ? {} : { path: { kind: 'full' as const, value: uri } }),
    ...(prefix === undefined ? {} : { path: { kind: 'prefix' as const, value: prefix } }),
    source: field,
  };
};
