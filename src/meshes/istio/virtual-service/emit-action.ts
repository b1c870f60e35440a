import type { Setting } from '../../../base/source.ts';
import { formatDuration } from '../../../base/units.ts';
import type { Fault } from '../../../model/capabilities/fault.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Retries, RetryCondition } from '../../../model/capabilities/retries.ts';
import type { Action, Backend, WeightedBackend } from '../../../model/frontend.ts';
import type { Naming } from './emit.ts';
import { writeTextMatch } from './text-match.ts';

/** An action as the rest of an `http[]` element. The model's expected values are all expressible here. */
export const emitAction = (action: Action, naming: Naming): Record<string, unknown> => {
  const { target } = action;
  const headers = emitHeaders(action.requestHeaders, action.responseHeaders);
  return {
    ...(action.name ? { name: action.name } : {}),
    ...(target.kind === 'redirect' ? { redirect: emitRedirect(target.redirect) } : {}),
    ...(target.kind === 'respond' ? { directResponse: emitResponse(target.response) } : {}),
    ...(target.kind === 'forward'
      ? { route: target.backends.map(b => emitShare(b, target.backends.length, naming)) }
      : {}),
    ...(action.rewrite ? { rewrite: emitRewrite(action.rewrite) } : {}),
    ...(action.timeouts?.request && action.timeouts.request.value > 0
      ? { timeout: formatDuration(action.timeouts.request.value) }
      : {}),
    ...emitRetries(action.retries, action.timeouts?.perTry),
    ...(action.fault ? { fault: emitFault(action.fault) } : {}),
    ...(action.mirrors
      ? {
          mirrors: action.mirrors.map(mirror => ({
            destination: emitDestination(mirror.backend, naming),
            percentage: { value: mirror.percent.value },
          })),
        }
      : {}),
    ...(action.cors ? { corsPolicy: emitCors(action.cors) } : {}),
    ...(headers ? { headers } : {}),
  };
};

const emitShare = (share: WeightedBackend, of: number, naming: Naming): Record<string, unknown> => {
  const headers = emitHeaders(share.requestHeaders, share.responseHeaders);
  return {
    destination: emitDestination(share.backend, naming),
    ...(of > 1 ? { weight: share.weight.value } : {}),
    ...(headers ? { headers } : {}),
  };
};

/** A backend that leads nowhere is written as the unknown name it was, so that its share still fails. */
const emitDestination = (backend: Backend, naming: Naming): Record<string, unknown> => {
  if (backend.kind === 'nowhere') return { host: `${backend.named.replace(/[^A-Za-z0-9.-]/g, '-') || 'nowhere'}` };
  return {
    host: naming.hostOf(backend.service).host,
    ...(backend.subset ? { subset: backend.subset.name } : {}),
    ...(backend.port === undefined ? {} : { port: { number: backend.port } }),
  };
};

const conditionText = (condition: RetryCondition): string => condition.replace(/^(status|grpc):/, '');

/** Nothing for the proxy's own default; otherwise the block says everything it means (row 6b.6). */
const emitRetries = (retries: Retries | undefined, perTry: Setting<number> | undefined): Record<string, unknown> => {
  const perTryTimeout = perTry && perTry.value > 0 ? { perTryTimeout: formatDuration(perTry.value) } : {};
  if (!retries) return { retries: { attempts: 0 } };
  if (retries.max.origin === 'proxyDefault' && isIstioDefault(retries) && !perTry) return {};
  if (retries.max.value === 0) return { retries: { attempts: 0 } };
  return {
    retries: {
      attempts: retries.max.value,
      ...perTryTimeout,
      ...(retries.on.origin === 'proxyDefault' && isDefaultOn(retries)
        ? {}
        : { retryOn: retries.on.value.map(conditionText).join(',') }),
      ...(retries.backoff ? { backoff: formatDuration(retries.backoff.value.baseMs) } : {}),
      ...(retries.otherLocalities ? { retryRemoteLocalities: retries.otherLocalities.value } : {}),
      ...(retries.avoidPreviousHosts ? { retryIgnorePreviousHosts: retries.avoidPreviousHosts.value } : {}),
    },
  };
};

const defaultConditions = 'connect-failure,refused-stream,grpc:unavailable,grpc:cancelled,retriable-status-codes';
const isDefaultOn = (retries: Retries): boolean => retries.on.value.join(',') === defaultConditions;
const isIstioDefault = (retries: Retries): boolean => retries.max.value === 2 && isDefaultOn(retries);

const emitFault = (fault: Fault): Record<string, unknown> => ({
  ...(fault.delay
    ? { delay: { fixedDelay: formatDuration(fault.delay.ms), percentage: { value: fault.delay.percent.value } } }
    : {}),
  ...(fault.abort
    ? {
        abort: {
          ...(fault.abort.status === undefined ? {} : { httpStatus: fault.abort.status }),
          ...(fault.abort.grpcStatus === undefined ? {} : { grpcStatus: fault.abort.grpcStatus }),
          percentage: { value: fault.abort.percent.value },
        },
      }
    : {}),
});

const emitCors = (cors: NonNullable<Action['cors']>): Record<string, unknown> => ({
  allowOrigins: cors.allowOrigins.map(writeTextMatch),
  ...(cors.allowMethods ? { allowMethods: cors.allowMethods } : {}),
  ...(cors.allowHeaders ? { allowHeaders: cors.allowHeaders } : {}),
  ...(cors.exposeHeaders ? { exposeHeaders: cors.exposeHeaders } : {}),
  ...(cors.maxAgeSeconds === undefined ? {} : { maxAge: formatDuration(cors.maxAgeSeconds * 1000) }),
  ...(cors.allowCredentials === undefined ? {} : { allowCredentials: cors.allowCredentials }),
  ...(cors.unmatchedPreflights ? { unmatchedPreflights: cors.unmatchedPreflights.toUpperCase() } : {}),
});

const emitEdits = (edits: HeaderEdits): Record<string, unknown> => ({
  ...(edits.set ? { set: edits.set } : {}),
  ...(edits.add ? { add: edits.add } : {}),
  ...(edits.remove ? { remove: edits.remove } : {}),
});

const emitHeaders = (
  request: HeaderEdits | undefined,
  response: HeaderEdits | undefined,
): Record<string, unknown> | undefined =>
  request || response
    ? { ...(request ? { request: emitEdits(request) } : {}), ...(response ? { response: emitEdits(response) } : {}) }
    : undefined;

const emitRewrite = (rewrite: NonNullable<Action['rewrite']>): Record<string, unknown> => {
  const { host, path } = rewrite;
  return {
    ...(host === undefined ? {} : { authority: host }),
    ...(path && path.kind !== 'regex' ? { uri: path.value } : {}),
    ...(path?.kind === 'full' ? { uri: undefined, uriRegexRewrite: { match: '^[^?]*$', rewrite: path.value } } : {}),
    ...(path?.kind === 'regex' ? { uriRegexRewrite: { match: path.pattern, rewrite: path.substitution } } : {}),
  };
};

const emitRedirect = (
  redirect: Extract<Action['target'], { kind: 'redirect' }>['redirect'],
): Record<string, unknown> => ({
  ...(redirect.path?.kind === 'full' ? { uri: redirect.path.value } : {}),
  ...(redirect.path?.kind === 'prefix' || redirect.path?.kind === 'segmentPrefix'
    ? { prefixRewrite: redirect.path.value }
    : {}),
  ...(redirect.hostname === undefined ? {} : { authority: redirect.hostname }),
  ...(redirect.scheme === undefined ? {} : { scheme: redirect.scheme }),
  ...(redirect.port === undefined ? {} : { port: redirect.port }),
  ...(redirect.portFrom === 'scheme' ? { derivePort: 'FROM_PROTOCOL_DEFAULT' } : {}),
  ...(redirect.portFrom === 'request' ? { derivePort: 'FROM_REQUEST_PORT' } : {}),
  redirectCode: redirect.status.value,
});

const emitResponse = (
  response: Extract<Action['target'], { kind: 'respond' }>['response'],
): Record<string, unknown> => ({
  status: response.status,
  ...(response.body === undefined
    ? {}
    : response.body.startsWith('base64:')
      ? { body: { bytes: response.body.slice('base64:'.length) } }
      : { body: { string: response.body } }),
});
