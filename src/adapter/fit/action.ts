import type { Action, Frontend, WeightedBackend } from '../../model/frontend.ts';
import { capabilityOf } from '../capability-of.ts';
import type { ActionContext, Judge } from '../judge.ts';
import { type Draft, fieldParts, optional, type Part, part, withField } from './ledger.ts';

export type ActionDraft = Draft<Action>;

/** An action's leaves: where it sends is essential, everything it does besides is not. */
export const actionParts = (action: Action, frontend: Frontend, judge: Judge): Part<ActionDraft>[] => {
  const at = { frontend, action };
  return [...targetParts(at, judge), ...resilienceParts(at, judge), ...treatmentParts(at, judge)];
};

/** An action with nothing but its name and place; its parts come back one by one. */
export const emptyAction = (action: Action): ActionDraft => {
  const { id, name, target, source } = action;
  return {
    id,
    ...(name === undefined ? {} : { name }),
    target: target.kind === 'forward' ? { kind: 'forward', backends: [] } : target,
    ...(source ? { source } : {}),
  };
};

const targetParts = (at: ActionContext, judge: Judge): Part<ActionDraft>[] => {
  const { action } = at;
  const { target } = action;
  if (target.kind === 'redirect') {
    return [
      part({
        capability: 'redirect',
        leaf: `${action.id} redirect`,
        value: target.redirect,
        source: target.redirect.source ?? action.source,
        essential: true,
        ask: v => judge.redirect(v, at),
        put: (draft, redirect) => {
          draft.target = { kind: 'redirect', redirect };
        },
      }),
    ];
  }
  if (target.kind === 'respond') {
    return [
      part({
        capability: 'direct-response',
        leaf: `${action.id} response`,
        value: target.response,
        source: target.response.source ?? action.source,
        essential: true,
        ask: v => judge.directResponse(v, at),
        put: (draft, response) => {
          draft.target = { kind: 'respond', response };
        },
      }),
    ];
  }
  return [
    ...target.backends.flatMap((share, index) => shareParts(share, index, at, judge)),
    part({
      capability: 'weighted-split',
      leaf: `${action.id} weights`,
      value: target.backends.map(({ weight }) => weight.value) as readonly number[],
      source: action.source,
      essential: true,
      ask: v => judge.weights(v, at),
      put: (draft, weights) => {
        if (draft.target.kind !== 'forward') return;
        const backends = draft.target.backends.map((share, i) => ({
          ...share,
          weight: share.weight.value === weights[i] ? share.weight : { ...share.weight, value: weights[i] ?? 0 },
        }));
        draft.target = { kind: 'forward', backends };
      },
    }),
  ];
};

/** One backend and the header edits that belong to it alone. */
const shareParts = (share: WeightedBackend, index: number, at: ActionContext, judge: Judge): Part<ActionDraft>[] => {
  const { action } = at;
  const leaf = `${action.id} backends[${index}]`;
  const change = (draft: ActionDraft, with_: Partial<WeightedBackend>): void => {
    if (draft.target.kind !== 'forward') return;
    draft.target = {
      kind: 'forward',
      backends: draft.target.backends.map((other, i) => (i === index ? { ...other, ...with_ } : other)),
    };
  };
  return [
    part({
      capability: share.backend.kind === 'service' && share.backend.subset ? 'subset' : 'weighted-split',
      leaf,
      value: share.backend,
      source: share.source ?? action.source,
      essential: true,
      ask: v => judge.backend(v, at),
      put: (draft, backend) => {
        if (draft.target.kind !== 'forward') return;
        const { weight, source } = share;
        const bare = { backend, weight, ...(source ? { source } : {}) };
        draft.target = { kind: 'forward', backends: [...draft.target.backends, bare] };
      },
    }),
    ...(['requestHeaders', 'responseHeaders'] as const).flatMap(name =>
      optional(share[name], value =>
        part<ActionDraft, typeof value>({
          capability: 'header-edits',
          leaf: `${leaf} ${name}`,
          value,
          source: value.source ?? share.source,
          ask: v =>
            judge.headerEdits(v, { ...at, where: 'backend', of: name === 'requestHeaders' ? 'request' : 'response' }),
          put: (draft, v) => change(draft, { [name]: v }),
        }),
      ),
    ),
  ];
};

const resilienceParts = (at: ActionContext, judge: Judge): Part<ActionDraft>[] => {
  const { action } = at;
  return [
    ...fieldParts<ActionDraft, NonNullable<Action['timeouts']>>(action.timeouts, {
      leaf: `${action.id} timeout`,
      capability: capabilityOf.timeout,
      ask: field => judge.timeout(field as Parameters<Judge['timeout']>[0], at),
      put: (draft, field, value) => {
        draft.timeouts = withField(draft.timeouts, field, value);
      },
    }),
    ...fieldParts<ActionDraft, NonNullable<Action['retries']>>(action.retries, {
      leaf: `${action.id} retries`,
      capability: capabilityOf.retry,
      ask: field => judge.retry(field as Parameters<Judge['retry']>[0], at),
      put: (draft, field, value) => {
        draft.retries = withField(draft.retries, field, value);
      },
    }),
    ...optional(action.fault?.delay, value =>
      part<ActionDraft, typeof value>({
        capability: 'fault-delay',
        leaf: `${action.id} fault.delay`,
        value,
        source: value.source ?? action.source,
        ask: v => judge.faultDelay(v, at),
        put: (draft, delay) => {
          draft.fault = { ...draft.fault, delay };
        },
      }),
    ),
    ...optional(action.fault?.abort, value =>
      part<ActionDraft, typeof value>({
        capability: 'fault-abort',
        leaf: `${action.id} fault.abort`,
        value,
        source: value.source ?? action.source,
        ask: v => judge.faultAbort(v, at),
        put: (draft, abort) => {
          draft.fault = { ...draft.fault, abort };
        },
      }),
    ),
  ];
};

/** Copies, cross-origin answers, and what the application is shown. */
const treatmentParts = (at: ActionContext, judge: Judge): Part<ActionDraft>[] => {
  const { action } = at;
  const { rewrite } = action;
  const rewritten = (draft: ActionDraft, what: NonNullable<Action['rewrite']>): void => {
    draft.rewrite = { ...draft.rewrite, ...what, ...(rewrite?.source ? { source: rewrite.source } : {}) };
  };
  return [
    ...(action.mirrors ?? []).map((value, index) =>
      part<ActionDraft, typeof value>({
        capability: 'mirror',
        leaf: `${action.id} mirrors[${index}]`,
        value,
        source: value.source ?? action.source,
        ask: v => judge.mirror(v, at),
        put: (draft, v) => {
          draft.mirrors = [...(draft.mirrors ?? []), v];
        },
      }),
    ),
    ...optional(action.cors, value =>
      part<ActionDraft, typeof value>({
        capability: 'cors',
        leaf: `${action.id} cors`,
        value,
        source: value.source ?? action.source,
        ask: v => judge.cors(v, at),
        put: (draft, v) => {
          draft.cors = v;
        },
      }),
    ),
    ...(['requestHeaders', 'responseHeaders'] as const).flatMap(name =>
      optional(action[name], value =>
        part<ActionDraft, typeof value>({
          capability: 'header-edits',
          leaf: `${action.id} ${name}`,
          value,
          source: value.source ?? action.source,
          ask: v =>
            judge.headerEdits(v, { ...at, where: 'route', of: name === 'requestHeaders' ? 'request' : 'response' }),
          put: (draft, v) => {
            draft[name] = v;
          },
        }),
      ),
    ),
    ...optional(rewrite?.host, value =>
      part<ActionDraft, string>({
        capability: 'rewrite-host',
        leaf: `${action.id} rewrite.host`,
        value,
        source: rewrite?.source,
        ask: v => judge.rewriteHost(v, at),
        put: (draft, host) => rewritten(draft, { host }),
      }),
    ),
    ...optional(rewrite?.path, value =>
      part<ActionDraft, typeof value>({
        capability: capabilityOf.rewrite(value),
        leaf: `${action.id} rewrite.path`,
        value,
        source: rewrite?.source,
        ask: v => judge.rewritePath(v, at),
        put: (draft, path) => rewritten(draft, { path }),
      }),
    ),
  ];
};
