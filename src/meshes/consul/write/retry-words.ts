import type { RetryCondition } from '../../../model/capabilities/retries.ts';
import { grpcWords, plainWords } from '../chain/read-destination.ts';

/** Conditions in Consul's words. */
export interface RetryWords {
  readonly retryOn: readonly string[];
  readonly retryOnStatusCodes: readonly number[];
  readonly kept: ReadonlySet<RetryCondition>;
  readonly lost: readonly RetryCondition[];
}

/** The words for some conditions, in one order, and those for which there is none. */
export const retryWords = (conditions: readonly RetryCondition[]): RetryWords => {
  const retryOn = new Set<string>();
  const codes = new Set<number>();
  const kept = new Set<RetryCondition>();
  for (const condition of conditions) {
    const status = /^status:(\d+)$/.exec(condition)?.[1];
    const grpc = /^grpc:(.+)$/.exec(condition)?.[1];
    if (status !== undefined) codes.add(Number(status));
    else if (grpc !== undefined && grpcWords.has(grpc)) retryOn.add(grpc);
    else if (plainWords.has(condition)) retryOn.add(condition);
    else continue;
    kept.add(condition);
  }
  return {
    retryOn: [...retryOn].sort(),
    retryOnStatusCodes: [...codes].sort((a, b) => a - b),
    kept,
    lost: conditions.filter(condition => !kept.has(condition)),
  };
};
