import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { ActionContext, ActionJudge, FieldOf } from '../../../adapter/judge.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Retries, RetryCondition } from '../../../model/capabilities/retries.ts';
import type { Rewrite } from '../../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../../model/capabilities/timeouts.ts';
import type { Action, Backend } from '../../../model/frontend.ts';
import type { PathMatch } from '../../../model/match.ts';
import { portFor } from '../chain/chain.ts';
import { isHttp } from '../entries/defaults.ts';
import { fromGateway } from '../gateways/http-route.ts';
import { listenerBehind } from './gateway/listeners.ts';
import { isPlainPath } from './gateway/variants.ts';
import type { Judging } from './judging.ts';
import { retryWords } from './retry-words.ts';
import { pathVariants } from './route-paths.ts';
import { shares } from './shares.ts';

/** What becomes of each part of an action. */
export const actionJudge = (judging: Judging): ActionJudge => ({
  backend: (backend, at) => backendVerdict(backend, at, judging),
  weights: weightsVerdict,
  redirect: () =>
    refused('redirect', 'a router sends nobody elsewhere', {
      workaround: 'redirect at the API gateway, or in the application',
    }),
  directResponse: () =>
    refused('direct-response', 'a router makes up no answer of its own', {
      workaround: 'send these requests to a small service that answers so',
    }),
  timeout: timeoutVerdict,
  retry: retryVerdict,
  faultDelay: () =>
    refused('fault-delay', 'no delays are injected', { workaround: 'write an envoyExtension (lua) that waits' }),
  faultAbort: () =>
    refused('fault-abort', 'no failures are injected', { workaround: 'write an envoyExtension (lua) that answers' }),
  mirror: () =>
    refused('mirror', 'no copies are sent', { workaround: 'mirror at another gateway, or in the application' }),
  cors: () =>
    refused('cors', 'cross-origin answers are left to the application', {
      workaround: 'answer them in the application',
    }),
  headerEdits: editsVerdict,
  rewriteHost: () =>
    refused('rewrite-host', 'the Host goes along as it is', {
      workaround: 'let the application accept the other Host',
    }),
  rewritePath: rewriteVerdict,
});

const backendVerdict = (backend: Backend, at: ActionContext, judging: Judging): Verdict<Backend> => {
  if (backend.kind === 'nowhere') {
    return refused('backend-nowhere', `\`${backend.named}\` leads nowhere, and Consul takes no entry that does`, {
      workaround: 'remove the destination, or create what it names',
    });
  }
  const service = judging.services.get(backend.service);
  if (service?.external || !backend.service.includes('/')) {
    return refused('backend-external', `\`${backend.service}\` is no Service of the cluster`, {
      workaround: 'register the host, and send to it through a terminating gateway',
    });
  }
  const name = judging.names.nameOf({ id: backend.service });
  if (judging.names.named(name).length > 1) {
    return refused('backend-name', `\`${name}\` is more than one Service, and one service to Consul`, {
      workaround: 'give one of the Services another name',
    });
  }
  const isOfBytes = at.frontend.listens.kind === 'listener' && at.frontend.protocol === 'tcp';
  if (!isOfBytes && !isHttp(judging.protocolOf(backend.service))) {
    return refused('backend-protocol', `\`${backend.service}\` carries bytes, and all ends of a route carry HTTP`);
  }
  const { subset } = backend;
  const subsetName = subset && judging.subsets.nameOf(backend.service, subset);
  if (subset && subsetName === undefined) {
    return refused('subset', `the pods of subset \`${subset.name}\` cannot be told by metadata`, {
      workaround: 'define the subset by labels whose keys have no slash',
    });
  }
  return portVerdict(backend, at, judging);
};

/** The port is that of the instance; where the other service has every port that can be dialled, it is the same. */
const portVerdict = (
  backend: Extract<Backend, { kind: 'service' }>,
  { frontend: { listens }, action }: ActionContext,
  { services, model }: Judging,
): Verdict<Backend> => {
  const dialled = listens.kind === 'service' ? services.get(listens.service) : fromGateway(backend.service);
  const service = services.get(backend.service);
  const { port: wished, ...bare } = backend;
  const port = dialled && service ? portFor(service, dialled) : undefined;
  if (wished === port) return 'applied';
  // Of a Service that the input does not hold, a route at a gateway says the port.
  if (listens.kind === 'listener' && !service?.ports.length && isAlone(action)) return 'applied';
  const value: Backend = port === undefined ? bare : { ...bare, port };
  const entered = listens.kind === 'listener' ? listenerBehind(listens, { model }) : undefined;
  const ports = entered ? [entered] : (dialled?.ports ?? []);
  const isSame = ports.length === 1 && (wished ?? ports[0]?.port) === (port ?? ports[0]?.port);
  const other = listens.kind === 'listener' ? 'the one that is registered' : 'the one that was dialled';
  const message = `a service has one port, and \`${backend.service}\` is reached on ${port ?? other}`;
  return approximated(value, 'backend-port', message, { effect: isSame ? 'none' : 'differs' });
};

/** All of it goes to one service as a whole. */
const isAlone = ({ target }: Action): boolean =>
  target.kind === 'forward' &&
  target.backends.length === 1 &&
  target.backends.every(({ backend }) => backend.kind === 'service' && !backend.subset);

const weightsVerdict = (weights: readonly number[]): Verdict<readonly number[]> => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rounded = shares(weights);
  const isExact = weights.every((weight, index) => weight * 10_000 === rounded[index]! * total);
  return isExact ? 'applied' : approximated(rounded, 'weights', 'shares are whole hundredths of a percent');
};

const timeoutVerdict = (timeout: FieldOf<Timeouts>): Verdict<FieldOf<Timeouts>> => {
  const { value } = timeout.value;
  if (timeout.field === 'perTry') {
    return value === 0
      ? refused('timeout-per-try', 'one try has no timeout of its own', { effect: 'none' })
      : refused('timeout-per-try', 'one try has no timeout of its own', {
          workaround: 'set the timeout of the whole request',
        });
  }
  return 'applied';
};

const retryVerdict = (retry: FieldOf<Retries>, { action }: ActionContext): Verdict<FieldOf<Retries>> => {
  const effect =
    action.retries && action.retries.max.value > 0 && action.retries.on.value.length > 0 ? 'differs' : 'none';
  switch (retry.field) {
    case 'max':
      return 'applied';
    case 'on': {
      const { value } = retry.value;
      const words = retryWords(value);
      const kept = value.filter(condition => words.kept.has(condition));
      if (kept.length === value.length) return 'applied';
      const left: FieldOf<Retries> = { field: 'on', value: { ...retry.value, value: kept } };
      return approximated(left, 'retry-conditions', `Consul has no words for ${words.lost.join(', ')}`, {
        effect: words.lost.every(isIdle) ? 'none' : effect,
      });
    }
    case 'backoff':
      return refused('retry-backoff', 'the wait between tries is Envoy’s own, up to 250 ms', { effect });
    case 'budget':
      return refused('retry-budget', 'three tries at a time are the most, and no share of the requests', { effect });
    default:
      return refused('retry-hosts', 'which endpoint is tried next is left to the balancing', { effect });
  }
};

/** `retriable-status-codes` names no code by itself, and does nothing. */
const isIdle = (condition: RetryCondition): boolean => condition === 'retriable-status-codes';

/** Edits of these make Envoy refuse all routes, or break the request (observed, row 0.7). */
const untouchable = new Set(['host', ':authority', ':path', ':method', ':scheme', 'content-length']);

const editsVerdict = (edits: HeaderEdits): Verdict<HeaderEdits> => {
  const isFree = (name: string): boolean => !untouchable.has(name.toLowerCase());
  const names = [...Object.keys(edits.set ?? {}), ...Object.keys(edits.add ?? {}), ...(edits.remove ?? [])];
  const lost = names.filter(name => !isFree(name));
  if (lost.length === 0) return 'applied';
  const only = (map: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(map).filter(([name]) => isFree(name)));
  const value: HeaderEdits = {
    ...edits,
    set: only(edits.set),
    add: only(edits.add),
    remove: (edits.remove ?? []).filter(isFree),
  };
  return approximated(value, 'header-edits', `\`${lost.join('`, `')}\` cannot be edited`);
};

/** The part that a match took is replaced, where it is an exact path or a prefix. */
const rewriteVerdict = (
  path: NonNullable<Rewrite['path']>,
  { frontend, action }: ActionContext,
): Verdict<typeof path> => {
  const matches = frontend.rules.filter(rule => rule.action === action).map(({ match }) => match.path);
  // What a gateway writes as an expression has no beginning that could be replaced.
  const isText = (match: PathMatch | undefined): boolean =>
    frontend.listens.kind !== 'listener' ||
    match === undefined ||
    (match.kind !== 'regex' && !match.ignoreCase && (match.value === '' || isPlainPath(match.value)));
  if (matches.every(match => isText(match) && pathVariants(match, path) !== undefined)) return 'applied';
  return refused('rewrite-path', 'a rewrite replaces an exact path or a prefix, by what begins with a slash', {
    workaround: 'rewrite in the application',
  });
};
