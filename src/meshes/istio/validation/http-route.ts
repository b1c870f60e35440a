import type { Field } from '../../../base/field.ts';
import { tellDestination, tellWeighted } from './destinations.ts';
import { isHeaderName, tellDuration, tellRegex } from './forms.ts';
import { tellHeaderChanges, tellHostRewrites } from './header-rules.ts';
import { tellHttpMatch } from './http-match.ts';
import type { Tell } from './tell.ts';

export interface RouteContext {
  /** The VirtualService has no hosts, and others take its routes in. */
  readonly isDelegate: boolean;
  /** It is bound to Gateways and not to sidecars. */
  readonly atGateway: boolean;
  /** It was made from a Gateway API route, whose backends are not looked at. */
  readonly anyBackend: boolean;
}

export const tellHttpRoute = (route: Field, tell: Tell, context: RouteContext): void => {
  tellActions(route, tell, context.isDelegate);
  for (const match of route.list('match')) tellHttpMatch(match, tell, context.atGateway);
  tellHeaderChanges(route.at('headers'), tell);
  tellCors(route.at('corsPolicy'), tell);
  tellFault(route.at('fault'), tell);
  tellMirrors(route, tell);
  tellRedirect(route, tell);
  tellDirectResponse(route.at('directResponse'), tell);
  tellRetries(route.at('retries'), tell);
  tellRewrite(route.at('rewrite'), tell);
  tellHostRewrites(route, tell);
  tellWeighted(route, tell, context.anyBackend);
  tellDuration(route.at('timeout'), tell);
};

/** A rule does one thing: route, redirect, answer, or hand over to a delegate. */
const tellActions = (route: Field, tell: Tell, isDelegate: boolean): void => {
  const exclude = (one: string, others: readonly string[]): void => {
    for (const other of others) {
      if (route.has(other)) tell('ISTIO905', route, `\`${one}\` and \`${other}\` exclude each other`);
    }
  };
  if (route.has('delegate') && !isDelegate) {
    exclude('delegate', ['redirect', 'route']);
    return;
  }
  if (route.has('delegate')) tell('ISTIO909', route, 'a delegate may not delegate in turn');
  if (route.has('mirror') && route.list('mirrors').length > 0) exclude('mirror', ['mirrors']);
  const routes = route.list('route').length > 0 ? ['route'] : [];
  if (route.has('redirect')) exclude('redirect', [...routes, 'fault', 'rewrite', 'directResponse']);
  else if (route.has('directResponse')) exclude('directResponse', [...routes, 'fault', 'rewrite']);
  else if (routes.length === 0) tell('ISTIO904', route, 'one of `route`, `redirect` and `directResponse` is required');
};

const corsMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', '*']);

const tellCors = (cors: Field | undefined, tell: Tell): void => {
  if (!cors) return;
  for (const origin of cors.list('allowOrigins')) {
    const [match] = ['exact', 'prefix', 'regex'].flatMap(way => origin.at(way) ?? []);
    if (!match?.asText()) tell('ISTIO904', origin, 'an origin may not be empty');
    else if (match.name === 'regex') tellRegex(match, tell);
  }
  for (const method of cors.list('allowMethods')) {
    const text = method.asText() ?? '';
    if (!corsMethods.has(text)) tell('ISTIO903', method, `\`${text}\` is no HTTP method`);
  }
  for (const name of [...cors.list('allowHeaders'), ...cors.list('exposeHeaders')]) {
    const text = name.asText() ?? '';
    if (!isHeaderName(text)) tell('ISTIO907', name, `\`${text}\` is no name of a header`);
  }
  tellDuration(cors.at('maxAge'), tell);
};

const tellShare = (share: Field | undefined, tell: Tell, smallest = 0): void => {
  const percent = share?.asNumber();
  if (!share || percent === undefined) return;
  if (percent < 0 || percent > 100 || (percent > 0 && percent < smallest)) {
    tell('ISTIO906', share, `\`${percent}\` is no percentage from ${smallest} to 100`);
  }
};

const grpcStatuses = new Set(
  (
    'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED ' +
    'RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS ' +
    'UNAUTHENTICATED'
  ).split(' '),
);

const tellStatus = (status: Field | undefined, tell: Tell): void => {
  const code = status?.asNumber();
  if (status && code !== undefined && (code < 200 || code > 600)) {
    tell('ISTIO906', status, `\`${code}\` is no HTTP status from 200 to 599`);
  }
};

const tellFault = (fault: Field | undefined, tell: Tell): void => {
  if (!fault) return;
  const [abort, delay] = [fault.at('abort'), fault.at('delay')];
  if (!abort && !delay) tell('ISTIO904', fault, 'one of `abort` and `delay` is required');
  tellShare(abort?.find('percentage', 'value'), tell, 0.0001);
  tellShare(delay?.find('percentage', 'value'), tell, 0.0001);
  tellStatus(abort?.at('httpStatus'), tell);
  const grpc = abort?.at('grpcStatus');
  const name = grpc?.asText();
  if (grpc && name !== undefined && !grpcStatuses.has(name)) tell('ISTIO903', grpc, `\`${name}\` is no gRPC status`);
  const http2 = abort?.at('http2Error');
  if (http2) tell('ISTIO909', http2, 'aborting with an HTTP/2 error is not supported');
  tellDuration(delay?.at('fixedDelay'), tell);
  const exponential = delay?.at('exponentialDelay');
  if (exponential) tell('ISTIO909', exponential, 'exponential delays are not supported');
};

const tellMirrors = (route: Field, tell: Tell): void => {
  for (const name of ['mirrorPercent', 'mirror_percent']) tellShare(route.at(name), tell);
  tellShare(route.find('mirrorPercentage', 'value'), tell);
  tellDestination(route.at('mirror'), tell);
  for (const mirror of route.list('mirrors')) {
    tellDestination(mirror.at('destination'), tell);
    tellShare(mirror.find('percentage', 'value'), tell);
  }
};

const tellRedirect = (route: Field, tell: Tell): void => {
  const redirect = route.at('redirect');
  if (!redirect) return;
  const says = (name: string): boolean => redirect.has(name) && redirect.at(name)?.value !== '';
  if (!['uri', 'prefixRewrite', 'authority', 'port', 'derivePort', 'scheme'].some(says)) {
    tell('ISTIO904', redirect, 'one of `uri`, `authority`, `scheme` and `port` is required');
  }
  if (says('uri') && says('prefixRewrite'))
    tell('ISTIO905', redirect, 'only one of `uri` and `prefixRewrite` may be set');
  const isPrefix = route.list('match').every(match => !match.has('uri') || match.at('uri')?.has('prefix'));
  if (says('prefixRewrite') && !isPrefix) tell('ISTIO909', redirect, '`prefixRewrite` is for matches by prefix');
  const code = redirect.number('redirectCode') ?? 0;
  if (code !== 0 && (code < 300 || code > 399)) {
    tell('ISTIO906', redirect.at('redirectCode') ?? redirect, `\`${code}\` is no redirecting status`);
  }
  const scheme = redirect.text('scheme') ?? '';
  if (!['', 'http', 'https'].includes(scheme)) {
    tell('ISTIO903', redirect.at('scheme') ?? redirect, `\`${scheme}\` is neither \`http\` nor \`https\``);
  }
};

const tellDirectResponse = (response: Field | undefined, tell: Tell): void => {
  tellStatus(response?.at('status'), tell);
  const body = response?.find('body', 'string') ?? response?.find('body', 'bytes');
  const text = body?.asText() ?? '';
  if (body && text.length > 1024 * 1024) tell('ISTIO906', body, 'an answer may have 1 MiB at most');
};

const retryConditions = new Set(
  (
    '5xx gateway-error reset reset-before-request connect-failure retriable-4xx refused-stream retriable-status-codes ' +
    'retriable-headers envoy-ratelimited http3-post-connect-failure cancelled deadline-exceeded internal ' +
    'resource-exhausted unavailable'
  ).split(' '),
);

const tellRetries = (retries: Field | undefined, tell: Tell): void => {
  if (!retries) return;
  const attempts = retries.number('attempts') ?? 0;
  if (attempts < 0) tell('ISTIO906', retries.at('attempts') ?? retries, 'attempts may not be negative');
  const others = ['perTryTimeout', 'retryOn', 'retryRemoteLocalities'].filter(name => retries.has(name));
  if (attempts === 0 && others.length > 0) {
    tell('ISTIO905', retries, `\`attempts: 0\` means no retries, and \`${others.join('`, `')}\` is about them`);
  }
  tellDuration(retries.at('perTryTimeout'), tell);
  tellDuration(retries.at('backoff'), tell);
  const on = retries.at('retryOn');
  for (const condition of (on?.asText() ?? '').split(',')) {
    const isStatus = /^[1-5]\d\d$/.test(condition);
    if (on && condition !== '' && !isStatus && !retryConditions.has(condition)) {
      tell('ISTIO903', on, `\`${condition}\` is no condition of a retry`);
    }
  }
};

const tellRewrite = (rewrite: Field | undefined, tell: Tell): void => {
  if (!rewrite) return;
  const regex = rewrite.at('uriRegexRewrite');
  const [uri, authority] = [rewrite.text('uri'), rewrite.text('authority')];
  if (uri && regex) tell('ISTIO905', rewrite, 'only one of `uri` and `uriRegexRewrite` may be set');
  if (!uri && !regex && !authority) {
    tell('ISTIO904', rewrite, 'one of `uri`, `uriRegexRewrite` and `authority` is required');
  }
  if (regex && !(regex.text('match') && regex.text('rewrite'))) {
    tell('ISTIO904', regex, '`match` and `rewrite` are required');
  }
  const pattern = regex?.at('match');
  if (pattern?.asText()) tellRegex(pattern, tell);
};
