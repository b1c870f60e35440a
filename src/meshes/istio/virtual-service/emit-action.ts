import type { Setting } from '../../../base/source.ts';
import { formatDuration } from '../../../base/units.ts';
import type { Cors } from '../../../model/capabilities/cors.ts';
import type { DirectResponse } from '../../../model/capabilities/direct-response.ts';
import type { Fault } from '../../../model/capabilities/fault.ts';
import type { Redirect } from '../../../model/capabilities/redirect.ts';
import type { Retries, RetryCondition } from '../../../model/capabilities/retries.ts';
import type { Action, Backend, WeightedBackend } from '../../../model/frontend.ts';
import type { TextMatch } from '../../../model/match.ts';
import { isUsualOn, sameRetries } from '../defaults.ts';
import { emitHeaders, levelled } from './emit-headers.ts';
import type { Naming, Writing } from './naming.ts';
import { writeTextMatch } from './text-match.ts';

type Json = Record<string, unknown>;

/**
 * What a rule does, as the rest of an `http[]` element, in the order in which people write it. `rewrite` and
 * `redirectPath` are what becomes of the path, which depends on how the path is matched.
 */
export const emitAction = (action: Action, path: { rewrite: Json; redirect: Json }, writing: Writing): Json => {
  const { target, fault, cors, mirrors } = action;
  const { route, backends } = levelled(action);
  const headers = emitHeaders(route.requestHeaders, route.responseHeaders);
  const answer = {
    ...(target.kind === 'redirect' ? { redirect: emitRedirect(target.redirect, path.redirect) } : {}),
    ...(target.kind === 'respond' ? { directResponse: emitResponse(target.response) } : {}),
  };
  const host = action.rewrite?.host;
  const rewrite = { ...path.rewrite, ...(host === undefined ? {} : { authority: host }) };
  const sending = {
    ...(Object.keys(rewrite).length > 0 ? { rewrite } : {}),
    route: backends.map(share => emitShare(share, backends.length, writing)),
    ...emitTimeout(action),
    ...emitRetries(action, writing.defaultRetries),
  };
  return {
    ...(target.kind === 'forward' ? sending : answer),
    ...(fault ? { fault: emitFault(fault) } : {}),
    ...(target.kind === 'forward' && mirrors ? { mirrors: mirrors.map(mirror => emitMirror(mirror, writing)) } : {}),
    ...(cors ? { corsPolicy: emitCors(cors) } : {}),
    ...(headers ? { headers } : {}),
  };
};

/** Where bytes go. */
export const emitRoute = ({ target }: Action, naming: Naming): Json =>
  target.kind === 'forward'
    ? { route: target.backends.map(share => emitShare(share, target.backends.length, naming)) }
    : {};

const emitShare = (share: WeightedBackend, of: number, naming: Naming): Json => {
  const headers = emitHeaders(share.requestHeaders, share.responseHeaders);
  return {
    destination: emitDestination(share.backend, naming),
    ...(of > 1 ? { weight: share.weight.value } : {}),
    ...(headers ? { headers } : {}),
  };
};

/** A backend that leads nowhere is written as the unknown name it was, so that its share still fails. */
const emitDestination = (backend: Backend, naming: Naming): Json => {
  if (backend.kind === 'nowhere') return emitNowhere(backend.named);
  return {
    host: naming.hostOf(backend.service).host,
    ...(backend.subset ? { subset: backend.subset.name } : {}),
    ...(backend.port === undefined ? {} : { port: { number: backend.port } }),
  };
};

/** `host/subset` of a VirtualService, or what another mesh calls something that is not there. */
const emitNowhere = (named: string): Json => {
  const host = named
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .toLowerCase();
  return { host: `${host || 'nowhere'}.invalid`.replace(/(\.invalid)+$/, '.invalid') };
};

const emitMirror = ({ backend, percent }: NonNullable<Action['mirrors']>[number], naming: Naming): Json => ({
  destination: emitDestination(backend, naming),
  percentage: { value: percent.value },
});

/** Without further tries the timeout of one try is that of the request. */
const emitTimeout = ({ timeouts, retries }: Action): Json => {
  const deadlines = [timeouts?.request, ...(isTriedAgain(retries) ? [] : [timeouts?.perTry])];
  const ms = Math.min(...deadlines.flatMap(deadline => deadline?.value || []));
  return Number.isFinite(ms) ? { timeout: formatDuration(ms) } : {};
};

const isTriedAgain = (retries: Retries | undefined): retries is Retries =>
  retries !== undefined && retries.max.value > 0 && retries.on.value.length > 0;

const conditionText = (condition: RetryCondition): string => condition.replace(/^(status|grpc):/, '');

/** Nothing for what the mesh does without a word; otherwise the block says everything it means (observed, row 6b.6). */
const emitRetries = ({ retries, timeouts }: Action, usual: Retries | undefined): Json => {
  if (!isTriedAgain(retries)) return { retries: { attempts: 0 } };
  const perTry = timeouts?.perTry?.value ? timeouts.perTry : undefined;
  if (!perTry && usual && sameRetries(retries, usual)) return {};
  return {
    retries: {
      attempts: retries.max.value,
      ...(perTry ? { perTryTimeout: formatDuration(perTry.value) } : {}),
      ...(isUsualOn(retries.on) ? {} : { retryOn: retries.on.value.map(conditionText).join(',') }),
      ...(retries.backoff ? { backoff: formatDuration(retries.backoff.value.baseMs) } : {}),
      ...flag('retryRemoteLocalities', retries.otherLocalities),
      ...flag('retryIgnorePreviousHosts', retries.avoidPreviousHosts),
    },
  };
};

const flag = (key: string, setting: Setting<boolean> | undefined): Json => (setting ? { [key]: setting.value } : {});

const emitFault = ({ delay, abort }: Fault): Json => ({
  ...(delay ? { delay: { fixedDelay: formatDuration(delay.ms), percentage: { value: delay.percent.value } } } : {}),
  ...(abort
    ? {
        abort: {
          ...(abort.status === undefined ? {} : { httpStatus: abort.status }),
          ...(abort.grpcStatus === undefined ? {} : { grpcStatus: abort.grpcStatus }),
          percentage: { value: abort.percent.value },
        },
      }
    : {}),
});

/** Any origin is written as an exact star (observed, row 10.5). */
const emitOrigin = (origin: TextMatch): Json => (origin.kind === 'present' ? { exact: '*' } : writeTextMatch(origin));

const emitCors = (cors: Cors): Json => ({
  allowOrigins: cors.allowOrigins.map(emitOrigin),
  ...(cors.allowMethods ? { allowMethods: cors.allowMethods } : {}),
  ...(cors.allowHeaders ? { allowHeaders: cors.allowHeaders } : {}),
  ...(cors.exposeHeaders ? { exposeHeaders: cors.exposeHeaders } : {}),
  ...(cors.maxAgeSeconds === undefined ? {} : { maxAge: formatDuration(cors.maxAgeSeconds * 1000) }),
  ...(cors.allowCredentials === undefined ? {} : { allowCredentials: cors.allowCredentials }),
  ...(cors.unmatchedPreflights ? { unmatchedPreflights: cors.unmatchedPreflights.toUpperCase() } : {}),
});

const emitRedirect = (redirect: Redirect, path: Json): Json => ({
  ...path,
  ...(redirect.hostname === undefined ? {} : { authority: redirect.hostname }),
  ...(redirect.scheme === undefined ? {} : { scheme: redirect.scheme }),
  ...(redirect.port === undefined ? {} : { port: redirect.port }),
  ...(redirect.portFrom === 'scheme' ? { derivePort: 'FROM_PROTOCOL_DEFAULT' } : {}),
  ...(redirect.portFrom === 'request' ? { derivePort: 'FROM_REQUEST_PORT' } : {}),
  redirectCode: redirect.status.value,
});

const emitResponse = ({ status, body }: DirectResponse): Json => {
  if (body === undefined) return { status };
  const isBytes = body.startsWith('base64:');
  return { status, body: isBytes ? { bytes: body.slice('base64:'.length) } : { string: body } };
};
