import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { ActionJudge } from '../../adapter/judge.ts';
import { regexVerdict } from '../../adapter/re2.ts';
import type { HeaderEdits } from '../../model/capabilities/header-edits.ts';
import type { Redirect } from '../../model/capabilities/redirect.ts';
import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../model/capabilities/timeouts.ts';
import type { Backend } from '../../model/frontend.ts';
import { retryVerdict } from './judge-retries.ts';
import { type Judging, unreachable } from './judging.ts';

/** The sum of the weights of one route is an unsigned number of 32 bits (WeightedCluster). */
const mostWeight = 4_294_967_295;

/** Envoy holds answers of its own in memory, and at most so much of each is written (observed: 4096 unless told). */
export const longestBody = 1_048_576;

/** What becomes of each part of an action. */
export const actionJudge = (judging: Judging): ActionJudge => ({
  backend: backend => backendVerdict(backend, judging),
  weights: weights => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum <= mostWeight) return 'applied';
    const scaled = weights.map(weight => Math.floor((weight * 1_000_000) / sum));
    return approximated(scaled, 'weights', 'weights add up to less than 2^32; these are scaled');
  },
  redirect: redirectVerdict,
  directResponse: ({ status, body = '' }) => {
    if (status < 200 || status > 599)
      return refused('direct-response', `status ${status} is not one that Envoy answers with`);
    return body.length > longestBody / 4 ? refused('direct-response', 'the body is too long') : 'applied';
  },
  timeout: timeout => timeoutVerdict(timeout),
  retry: retryVerdict,
  faultDelay: () => 'applied',
  faultAbort: ({ status, grpcStatus }) =>
    (status === undefined || (status >= 200 && status < 600)) &&
    (grpcStatus === undefined || grpcNumber(grpcStatus) !== undefined)
      ? 'applied'
      : refused('fault-abort', 'a failure has a status from 200 to 599, or one of gRPC'),
  mirror: ({ backend }) => {
    if (backend.kind === 'nowhere') return refused('mirror', 'the copies went nowhere', { effect: 'none' });
    const why = unreachable(backend, judging);
    return why === undefined ? 'applied' : refused('mirror', `copies cannot be sent: ${why}`);
  },
  cors: ({ allowOrigins }) => {
    const isRe2 = allowOrigins.every(match => match.kind !== 'regex' || regexVerdict(match.regex) === 'applied');
    return isRe2 ? 'applied' : refused('cors-origin', 'an origin is written in another language than RE2');
  },
  headerEdits: editsVerdict,
  rewriteHost: host =>
    /^[\x21-\x7e]+$/.test(host) ? 'applied' : refused('rewrite-host', `\`${host}\` is no host name`),
  rewritePath: path => rewriteVerdict(path),
});

const backendVerdict = (backend: Backend, judging: Judging): Verdict<Backend> => {
  if (backend.kind === 'nowhere') {
    if (backend.status === 503) return 'applied';
    const value = { ...backend, status: 503 };
    return approximated<Backend>(value, 'backend-status', 'a share that leads nowhere is answered with 503');
  }
  const why = unreachable(backend, judging);
  return why === undefined
    ? 'applied'
    : refused('backend', `there is no way there: ${why}`, { workaround: 'add the Service to the input' });
};

const timeoutVerdict = (timeout: {
  readonly field: keyof Timeouts;
  readonly value: NonNullable<Timeouts[keyof Timeouts]>;
}): Verdict<typeof timeout> =>
  Number.isInteger(timeout.value.value)
    ? 'applied'
    : approximated(
        { ...timeout, value: { ...timeout.value, value: Math.max(1, Math.round(timeout.value.value)) } },
        'timeout-precision',
        'timeouts are whole milliseconds',
      );

/** Commands are what a mesh's own proxy makes of a value; what they stand for is not known here. */
const editsVerdict = (edits: HeaderEdits): Verdict<HeaderEdits> => {
  const names = [...Object.keys(edits.set ?? {}), ...Object.keys(edits.add ?? {}), ...(edits.remove ?? [])];
  const values = [edits.set, edits.add].flatMap(headers => Object.values(headers ?? {}));
  if (values.some(value => /%[A-Z_]+(\(|%)/.test(value))) {
    return refused('header-command', 'a value holds a command of another proxy');
  }
  return names.some(name => name === 'host' || name.startsWith(':'))
    ? refused('header-host', 'the Host is changed by a rewrite, not as a header')
    : 'applied';
};

const redirectStatuses = [301, 302, 303, 307, 308];

const redirectVerdict = (redirect: Redirect): Verdict<Redirect> => {
  const { status, path, port, portFrom, scheme } = redirect;
  if (!redirectStatuses.includes(status.value)) {
    return refused('redirect-status', `a redirect with status ${status.value} cannot be written`);
  }
  if (path) {
    const changed = rewriteVerdict(path);
    if (changed !== 'applied') return refused('redirect-path', 'the path cannot be rewritten so');
  }
  if (port !== undefined || portFrom === undefined) return 'applied';
  if (portFrom === 'scheme' && (scheme === undefined || usualPorts[scheme] !== undefined)) return 'applied';
  return portFrom === 'request' && scheme === undefined
    ? 'applied'
    : refused('redirect-port', 'the port in the location cannot be written');
};

/** Where each scheme usually is. */
export const usualPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

const rewriteVerdict = (path: PathRewrite): Verdict<PathRewrite> =>
  path.kind === 'regex' && regexVerdict({ pattern: path.pattern, dialect: 're2', anchoring: 'partial' }) !== 'applied'
    ? refused('rewrite-path-regex', `RE2 has no words for \`${path.pattern}\``)
    : 'applied';

const grpcNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** The number of a gRPC status, given by its name or as a number. */
export const grpcNumber = (status: string): number | undefined => {
  const index = grpcNames.indexOf(status.toUpperCase().replaceAll('-', '_'));
  if (index >= 0) return index;
  return /^\d+$/.test(status) && Number(status) < grpcNames.length ? Number(status) : undefined;
};
