import type { Action, Frontend } from '../../../model/frontend.ts';
import { annotationDuration } from '../duration.ts';
import { retryText } from './retry-words.ts';

/** What a rule says that only its whole route can: retries, and timeouts that the rule has no field for. */
export const routeAnnotations = (action: Action, frontend: Frontend): Readonly<Record<string, string>> => {
  const { timeouts, retries } = action;
  const isGrpc = frontend.protocol === 'grpc';
  const perTry = durationText(timeouts?.perTry?.value);
  const idle = durationText(timeouts?.idle?.value);
  const request = durationText(timeouts?.request?.value);
  // In the order of their names.
  return {
    ...(retries && retries.max.value > 0
      ? {
          [`retry.linkerd.io/${isGrpc ? 'grpc' : 'http'}`]: retryText(retries.on.value),
          'retry.linkerd.io/limit': String(retries.max.value),
          ...(perTry === undefined ? {} : { 'retry.linkerd.io/timeout': perTry }),
        }
      : {}),
    ...(idle === undefined ? {} : { 'timeout.linkerd.io/idle': idle }),
    ...(request !== undefined && (isGrpc || !fitsRule(request)) ? { 'timeout.linkerd.io/request': request } : {}),
  };
};

/** Zero is none, which is what saying nothing means. */
const durationText = (ms: number | undefined): string | undefined => (ms ? annotationDuration(ms) : undefined);

/** The rule without what stands in annotations, and without zeros, which the rule itself would not need. */
export const withoutAnnotated = (action: Action, frontend: Frontend, keepsName: boolean): Action => {
  const { retries: _retries, timeouts, name, ...others } = action;
  const rest = keepsName && name !== undefined ? { name, ...others } : others;
  const request = frontend.protocol === 'grpc' ? undefined : timeouts?.request;
  const text = durationText(request?.value);
  return request && text !== undefined && fitsRule(text) ? { timeouts: { request }, ...rest } : rest;
};

/** A duration of Gateway API has at most five digits (GEP-2257). */
const fitsRule = (text: string): boolean => /^\d{1,5}[a-z]+$/.test(text);

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `timeouts.request` of a route of gateway.networking.k8s.io is read as annotations are: `1m30s` has to be `90s`. */
export const plainDuration = (text: string): string => {
  const parts = [...text.matchAll(/(\d+)(ms|h|m|s)/g)];
  return (
    annotationDuration(parts.reduce((sum, [, count, unit = 'ms']) => sum + Number(count) * unitMs[unit]!, 0)) ?? text
  );
};
