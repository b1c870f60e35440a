import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { ActionContext, ActionJudge, FieldOf } from '../../adapter/judge.ts';
import type { HeaderEdits } from '../../model/capabilities/header-edits.ts';
import type { Redirect } from '../../model/capabilities/redirect.ts';
import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../model/capabilities/timeouts.ts';
import type { Backend } from '../../model/frontend.ts';
import { corsOrigin } from '../../native/gateway-api/write-action.ts';
import { retryVerdict } from './judge-retries.ts';
import type { Judging } from './judging.ts';

/** What becomes of each part of an action. */
export const actionJudge = (judging: Judging): ActionJudge => ({
  backend: (backend, at) => backendVerdict(backend, at, judging),
  weights: weights => {
    const most = Math.max(...weights);
    if (most <= 1_000_000) return 'applied';
    const scaled = weights.map(weight => Math.round((weight * 1_000_000) / most));
    return approximated(scaled, 'weights', 'weights go up to 1000000; these are scaled');
  },
  redirect: (redirect, at) => redirectVerdict(redirect, at, judging),
  directResponse: () =>
    refused('direct-response', 'a route cannot make up an answer', {
      workaround: 'send the rule to a Service that answers so',
    }),
  timeout: (timeout, at) => timeoutVerdict(timeout, at),
  retry: (retry, at) => retryVerdict(retry, at, judging),
  faultDelay: () => refused('fault-delay', 'a route cannot delay requests on purpose'),
  faultAbort: () => refused('fault-abort', 'a route cannot fail requests on purpose'),
  mirror: (mirror, at) => {
    const verdict = backendVerdict(mirror.backend, at, judging);
    if (mirror.backend.kind === 'nowhere') {
      return refused('mirror', 'the copies went nowhere', { effect: 'none' });
    }
    if (verdict === 'applied' || verdict.result === 'refused') return verdict;
    return { ...verdict, value: { ...mirror, backend: verdict.value } };
  },
  cors: cors => {
    const origins = cors.allowOrigins.filter(origin => corsOrigin(origin) === undefined);
    if (origins.length > 0) return refused('cors-origin', 'origins are names with `*` for any labels, not expressions');
    if (cors.unmatchedPreflights === 'ignore') {
      const { unmatchedPreflights: _, ...rest } = cors;
      return approximated(rest, 'cors-preflight', 'what becomes of a preflight from another origin cannot be said');
    }
    if (cors.maxAgeSeconds !== undefined && cors.maxAgeSeconds >= 1) return 'applied';
    const value = { ...cors, maxAgeSeconds: 5 };
    return approximated(value, 'cors-max-age', 'browsers keep the answer for 5 seconds, which is the default');
  },
  headerEdits: edits => editsVerdict(edits),
  rewriteHost: host =>
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(host)
      ? 'applied'
      : refused('rewrite-host', `\`${host}\` is no plain host name, and a rewrite takes nothing else`),
  rewritePath: (path, at) => rewriteVerdict(path, at),
});

const backendVerdict = (backend: Backend, { frontend }: ActionContext, judging: Judging): Verdict<Backend> => {
  if (backend.kind === 'nowhere') {
    const { invalidBackendStatus: status } = judging.profile;
    if (backend.status === status) return 'applied';
    return approximated(
      { ...backend, status },
      'backend-status',
      `a share that leads nowhere is answered with ${status}`,
    );
  }
  const service = judging.services.get(backend.service);
  if (service?.external || !backend.service.includes('/')) {
    return refused(
      'backend-external',
      `\`${backend.service}\` is no Service of the cluster, and a backend must be one`,
      {
        workaround: 'put a Service of type ExternalName before the host',
      },
    );
  }
  if (backend.subset && !judging.subsets.for(backend)) {
    const what = backend.subset.labels ? `the selector of Service \`${backend.service}\`` : 'the labels of the subset';
    return refused('subset', `subset \`${backend.subset.name}\` needs a Service of its own, and ${what} is not known`, {
      workaround: 'add the Service and the definition of the subset to the input',
    });
  }
  const { listens } = frontend;
  const dialled =
    listens.kind === 'service' ? (listens.port === undefined ? judging.portsOf(listens.service) : [listens.port]) : [0];
  if (backend.port === undefined && dialled.length === 0) {
    return refused('backend-port', `a backend needs a port, and those of \`${backend.service}\` are not known`, {
      workaround: 'add the Service to the input, or write the port of the destination',
    });
  }
  return 'applied';
};

const timeoutVerdict = (timeout: FieldOf<Timeouts>, { action }: ActionContext): Verdict<FieldOf<Timeouts>> => {
  if (timeout.field === 'idle') return refused('timeout-idle', 'a route has no idle timeout');
  const { value } = timeout.value;
  if (value !== 0 && !Number.isInteger(value)) {
    const whole = { ...timeout, value: { ...timeout.value, value: Math.max(1, Math.round(value)) } };
    return approximated(whole, 'timeout-precision', 'timeouts are whole milliseconds');
  }
  const request = action.timeouts?.request?.value ?? 0;
  if (timeout.field === 'perTry' && request > 0 && (value > request || value === 0)) {
    const capped = { ...timeout, value: { ...timeout.value, value: request } };
    const message = 'the timeout of one try may not be longer than that of the request, which ends it anyway';
    return approximated(capped, 'timeout-per-try', message, { effect: 'none' });
  }
  return 'applied';
};

/** Commands of a proxy inside a value would be sent as text. */
const editsVerdict = (edits: HeaderEdits): Verdict<HeaderEdits> => {
  const written = [edits.set, edits.add].flatMap(headers => Object.entries(headers ?? {}));
  if (written.some(([, value]) => /%[A-Z_]+(\(|%)/.test(value))) {
    return refused('header-command', 'a value holds a command of the proxy, which a route cannot give');
  }
  if (written.some(([name]) => name === 'host' || name.startsWith(':'))) {
    return refused('header-host', 'the Host is changed by a rewrite, not as a header');
  }
  const most = Math.max(...[edits.set, edits.add, edits.remove].map(part => Object.keys(part ?? {}).length));
  return most > 16 ? refused('header-edits', 'a route changes at most 16 headers in each way') : 'applied';
};

const redirectVerdict = (redirect: Redirect, at: ActionContext, judging: Judging): Verdict<Redirect> => {
  const { status, hostname, scheme, path } = redirect;
  if (![301, 302, 303, 307, 308].includes(status.value)) {
    return refused('redirect-status', `a redirect with status ${status.value} cannot be written`);
  }
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return refused('redirect-scheme', `a redirect to scheme \`${scheme}\` cannot be written`);
  }
  if (hostname !== undefined && !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(hostname)) {
    return refused('redirect-host', `\`${hostname}\` is no plain host name`);
  }
  const changed = path ? rewriteVerdict(path, at) : 'applied';
  if (changed !== 'applied' && changed.result === 'refused') return changed;
  const value: Redirect = changed === 'applied' ? redirect : { ...redirect, path: changed.value };
  const portFrom = scheme === undefined ? 'request' : 'scheme';
  if (redirect.port !== undefined || redirect.portFrom === portFrom) {
    return changed === 'applied' ? 'applied' : { ...changed, value };
  }
  const { listens } = at.frontend;
  const ports =
    listens.kind === 'service' ? (listens.port === undefined ? judging.portsOf(listens.service) : [listens.port]) : [];
  const isUsual = ports.length > 0 && ports.every(port => port === 80);
  if (changed !== 'applied') return { ...changed, value: { ...value, portFrom } };
  return approximated(
    { ...value, portFrom },
    'redirect-port',
    scheme === undefined
      ? 'the port of the listener stands in the location, also where the request did not name it'
      : 'the port in the location is the usual one of the scheme',
    { effect: isUsual ? 'none' : 'differs' },
  );
};

/** A prefix is replaced by segment, and only where the rule takes its paths by a prefix. */
const rewriteVerdict = (path: PathRewrite, { frontend, action }: ActionContext): Verdict<PathRewrite> => {
  if (path.kind === 'full') return 'applied';
  if (path.kind === 'regex') return refused('rewrite-path-regex', 'a path cannot be rewritten by an expression');
  const matches = frontend.rules.filter(rule => rule.action === action).map(({ match }) => match.path);
  if (matches.every(match => match?.kind === 'exact' || match?.kind === 'regex')) {
    const value: PathRewrite = { kind: 'full', value: path.value || '/' };
    return approximated(value, 'rewrite-path', 'the whole path is replaced, as the rule takes all of it', {
      effect: 'none',
    });
  }
  const prefixes = matches.map(match =>
    match === undefined ? '/' : match.kind === 'regex' || match.kind === 'exact' ? undefined : match,
  );
  if (prefixes.some(match => typeof match === 'object' && match.ignoreCase && !/^\/?$/.test(match.value))) {
    return refused('rewrite-path', 'a prefix without regard to case is an expression, whose prefix cannot be replaced');
  }
  if (prefixes.includes(undefined)) {
    return refused('rewrite-path', 'one rule takes both prefixes and whole paths, and the rewrite means two things', {
      workaround: 'write one rule for each kind of match',
    });
  }
  if (path.kind === 'segmentPrefix') return 'applied';
  const value: PathRewrite = { kind: 'segmentPrefix', value: path.value };
  const ends = prefixes.map(match => (typeof match === 'string' ? match : (match?.value ?? '')).endsWith('/'));
  const isSame = ends.every(end => end === path.value.endsWith('/'));
  return approximated(value, 'rewrite-path', 'the prefix is replaced by segments, so that no `//` comes out', {
    effect: isSame ? 'none' : 'differs',
  });
};
