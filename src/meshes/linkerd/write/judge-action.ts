import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { ActionContext, ActionJudge, FieldOf } from '../../../adapter/judge.ts';
import { proxyDefault } from '../../../base/source.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Redirect } from '../../../model/capabilities/redirect.ts';
import type { Retries } from '../../../model/capabilities/retries.ts';
import type { Timeouts } from '../../../model/capabilities/timeouts.ts';
import type { Backend } from '../../../model/frontend.ts';
import type { PathMatch } from '../../../model/match.ts';
import { inLinkerdsOrder, isSameEdit } from './header-edits.ts';
import type { Judging } from './judging.ts';
import { retryWords } from './retry-words.ts';

/** What becomes of each part of an action. */
export const actionJudge = (judging: Judging): ActionJudge => ({
  backend: (backend, at) => backendVerdict(backend, at, judging),
  weights: weights => weightsVerdict(weights),
  redirect: (redirect, at) => redirectVerdict(redirect, at),
  directResponse: () =>
    refused('direct-response', 'a proxy makes up no answer of its own', {
      workaround: 'send these requests to a small service that answers so',
    }),
  timeout: (timeout, at) => timeoutVerdict(timeout, at),
  retry: (retry, at) => retryVerdict(retry, at),
  faultDelay: () =>
    refused('fault-delay', 'no delays are injected', { workaround: 'send a share to a service that waits' }),
  faultAbort: () =>
    refused('fault-abort', 'no failures are injected', { workaround: 'send a share to a service that fails' }),
  mirror: () =>
    refused('mirror', 'a route with a mirror is not taken over, so that it is left out', {
      workaround: 'mirror at the gateway, or in the application',
    }),
  cors: () =>
    refused('cors', 'cross-origin answers are left to the application', {
      workaround: 'answer them in the application, or at the gateway',
    }),
  headerEdits: (edits, at) => editsVerdict(edits, at),
  rewriteHost: () =>
    refused('rewrite-host', 'a route with a rewrite is not taken over, so that it is left out', {
      workaround: 'let the application accept the other Host',
    }),
  rewritePath: () =>
    refused('rewrite-path', 'a route with a rewrite is not taken over, so that it is left out', {
      workaround: 'rewrite at the gateway, or let the application serve the path as it is asked for',
    }),
});

const isGrpc = ({ frontend }: ActionContext): boolean => frontend.protocol === 'grpc';

const isBytes = ({ frontend }: ActionContext): boolean => frontend.protocol === 'tcp' || frontend.protocol === 'tls';

const backendVerdict = (backend: Backend, at: ActionContext, judging: Judging): Verdict<Backend> => {
  if (backend.kind === 'nowhere') {
    return refused(
      'backend-nowhere',
      `\`${backend.named}\` leads nowhere, and a reference that does so is not written`,
      {
        workaround: 'remove the destination, or create what it names',
      },
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
  const { listens } = at.frontend;
  if (backend.port !== undefined || listens.kind !== 'service' || isWholeSelf(backend, at)) return 'applied';
  const dialled = listens.port === undefined ? judging.portsOf(listens.service) : [listens.port];
  const there = judging.portsOf(backend.service);
  if (dialled.length > 0 && (there.length === 0 || dialled.every(port => there.includes(port)))) return 'applied';
  return refused('backend-port', `a backend needs a port, and that of \`${backend.service}\` is not known`, {
    workaround: 'add the Service to the input, or write the port of the destination',
  });
};

/** All traffic goes on to the service that was dialled: a rule without backends says so, whatever the port. */
export const isWholeSelf = (backend: Backend, { frontend, action }: ActionContext): boolean => {
  const { target } = action;
  if (backend.kind !== 'service' || backend.port !== undefined || backend.subset || target.kind !== 'forward')
    return false;
  const [only, ...more] = target.backends;
  if (!only || more.length > 0 || only.requestHeaders || only.responseHeaders) return false;
  return frontend.listens.kind === 'service' && frontend.listens.service === backend.service;
};

const mostWeight = 1_000_000;

const weightsVerdict = (weights: readonly number[]): Verdict<readonly number[]> => {
  const largest = Math.max(...weights);
  if (largest <= mostWeight && weights.every(Number.isInteger)) return 'applied';
  const scaled = weights.map(weight => Math.round((weight / largest) * mostWeight));
  return approximated(scaled, 'weights', 'weights are whole numbers up to a million');
};

/** A prefix by segments, which becomes no expression for want of regard to case. */
const isWrittenAsPrefix = (match: PathMatch): boolean =>
  match.kind === 'segmentPrefix' && (!match.ignoreCase || /^\/?$/.test(match.value));

const redirectVerdict = (redirect: Redirect, at: ActionContext): Verdict<Redirect> => {
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
  if (path && path.kind !== 'full') {
    const matches = at.frontend.rules.filter(rule => rule.action === at.action).map(({ match }) => match.path);
    const isBySegment =
      path.kind === 'segmentPrefix' && matches.every(match => match === undefined || isWrittenAsPrefix(match));
    if (!isBySegment) {
      return refused(
        'redirect-path',
        'a prefix is replaced by segments, and only where the rule takes its paths by one',
        {
          workaround: 'write the redirect with a whole path, or the rule with a prefix by segments',
        },
      );
    }
  }
  const portFrom = scheme === undefined ? 'request' : 'scheme';
  const value: Redirect = redirect.port === undefined ? { ...redirect, portFrom } : redirect;
  if (path?.kind === 'full') {
    return approximated(value, 'redirect-query', 'a redirect to a whole path drops the query of the request');
  }
  if (redirect.port !== undefined || redirect.portFrom === portFrom) return 'applied';
  return approximated(
    value,
    'redirect-port',
    'the port in the location is that of the request, or the usual one of the scheme',
  );
};

const timeoutVerdict = (timeout: FieldOf<Timeouts>, at: ActionContext): Verdict<FieldOf<Timeouts>> => {
  const { action } = at;
  if (isBytes(at)) return refused('timeout-bytes', 'only HTTP has timeouts');
  const { value } = timeout.value;
  if (timeout.field === 'perTry' && value > 0 && !(action.retries && action.retries.max.value > 0)) {
    return refused('timeout-per-try', 'the timeout of one try is part of the retries, and there are none', {
      workaround: 'set the timeout of the whole request',
    });
  }
  if (Number.isInteger(value)) return 'applied';
  const whole = { ...timeout, value: { ...timeout.value, value: Math.max(1, Math.round(value)) } };
  return approximated(whole, 'timeout-precision', 'timeouts are whole milliseconds');
};

/** How often a request is tried again where only a budget limited it. */
const withoutBudget = 1;

const mostRetries = 65_535;

const retryVerdict = (retry: FieldOf<Retries>, at: ActionContext): Verdict<FieldOf<Retries>> => {
  const { retries } = at.action;
  if (isBytes(at)) return refused('retry-bytes', 'only HTTP is tried again');
  switch (retry.field) {
    case 'max': {
      const { value } = retry.value;
      if (retries?.budget && value > withoutBudget) {
        const capped: FieldOf<Retries> = { field: 'max', value: { ...retry.value, value: withoutBudget } };
        return approximated(capped, 'retry-budget', 'without a budget a request is tried again once');
      }
      if (value <= mostRetries) return 'applied';
      const capped: FieldOf<Retries> = { field: 'max', value: { ...retry.value, value: mostRetries } };
      return approximated(capped, 'retry-count', `at most ${mostRetries} retries can be written`);
    }
    case 'on': {
      if (retries?.max.value === 0) return 'applied';
      const { on, lost } = retryWords(retry.value.value, isGrpc(at) ? 'grpc' : 'http');
      const value: FieldOf<Retries> = { field: 'on', value: { ...retry.value, value: on } };
      if (lost.length > 0) {
        return approximated(
          value,
          'retry-conditions',
          `${lost.join(', ')}: only answers and refused streams are tried again`,
        );
      }
      const isSame = on.length === retry.value.value.length && on.every(word => retry.value.value.includes(word));
      if (isSame) return 'applied';
      return approximated(value, 'retry-conditions', 'refused streams are tried again too', {
        effect: retry.value.value.includes('refused-stream') ? 'none' : 'differs',
      });
    }
    case 'backoff': {
      const { baseMs, maxMs } = retry.value.value;
      if (baseMs === 25 && maxMs === 250) return 'applied';
      const value: FieldOf<Retries> = { field: 'backoff', value: proxyDefault({ baseMs: 25, maxMs: 250 }) };
      return approximated(value, 'retry-backoff', 'the wait between tries is 25 to 250 ms');
    }
    case 'budget':
      return refused(
        'retry-budget',
        'a budget can only be set in a ServiceProfile, which would end all routes of the service',
      );
    default:
      return refused(`retry-${retry.field.toLowerCase()}`, 'which endpoint gets the next try is left to the balancer', {
        effect: retry.value.value ? 'differs' : 'none',
      });
  }
};

const editsVerdict = (
  edits: HeaderEdits,
  at: ActionContext & { readonly of: 'request' | 'response' },
): Verdict<HeaderEdits> => {
  if (isBytes(at)) return refused('header-edits', 'only HTTP has headers');
  if (at.of === 'response' && isGrpc(at))
    return refused('header-edits', 'proxies refuse a GRPCRoute that changes answers');
  const written = [edits.set, edits.add].flatMap(headers => Object.entries(headers ?? {}));
  if (written.some(([, value]) => /%[A-Z_]+(\(|%)/.test(value))) {
    return refused('header-command', 'a value holds a command of the proxy, which a route cannot give');
  }
  if (
    [...written.map(([name]) => name), ...(edits.remove ?? [])].some(name => name === 'host' || name.startsWith(':'))
  ) {
    return refused('header-host', 'the Host cannot be changed');
  }
  const most = Math.max(...[edits.set, edits.add, edits.remove].map(part => Object.keys(part ?? {}).length));
  if (most > 16) return refused('header-edits', 'a route changes at most 16 headers in each way');
  const ordered = inLinkerdsOrder(edits);
  if (!ordered)
    return refused('header-order', 'a header is set and gets a line added, which Linkerd does the other way round');
  if (isSameEdit(edits, ordered)) return 'applied';
  const message = 'a header that is removed and written again is said once';
  return approximated(ordered, 'header-order', message, { effect: 'none' });
};
