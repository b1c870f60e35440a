import type { RetryCondition } from '../../../model/capabilities/retries.ts';

/** Tried again by Linkerd whenever it tries again at all. */
const always: RetryCondition = 'refused-stream';

/** Conditions that hold in no case that is not told by another word. */
const empty: readonly RetryCondition[] = ['retriable-status-codes'];

const statuses: Readonly<Partial<Record<RetryCondition, RetryCondition>>> = {
  '5xx': 'status:500-599',
  'gateway-error': 'status:502-504',
  'retriable-4xx': 'status:409',
};

/** Words that Linkerd keeps in full. Envoy's words for statuses mean broken connections too. */
const isExact = (word: RetryCondition, protocol: 'http' | 'grpc'): boolean =>
  word === always ||
  word === 'retriable-4xx' ||
  empty.includes(word) ||
  word.startsWith(protocol === 'http' ? 'status:' : 'grpc:');

const kept = (word: RetryCondition, protocol: 'http' | 'grpc'): readonly RetryCondition[] => {
  if (protocol === 'grpc')
    return /^grpc:(?:cancelled|deadline-exceeded|internal|resource-exhausted|unavailable)$/.test(word) ? [word] : [];
  if (word.startsWith('status:')) return [word];
  const status = statuses[word];
  return status ? [status] : [];
};

/** What Linkerd will try again on, and the words whose meaning is lost in whole or in part. */
export const retryWords = (
  words: readonly RetryCondition[],
  protocol: 'http' | 'grpc',
): { readonly on: readonly RetryCondition[]; readonly lost: readonly RetryCondition[] } => ({
  on: [...new Set([...words.flatMap(word => kept(word, protocol)), always])],
  lost: words.filter(
    word => !isExact(word, protocol) || (word.startsWith('grpc:') && kept(word, protocol).length === 0),
  ),
});

/** The value of `retry.linkerd.io/http` or `…/grpc`; undefined without any. */
export const retryText = (words: readonly RetryCondition[]): string | undefined => {
  const texts = words.flatMap(word => {
    if (word === 'status:500-599') return ['5xx'];
    if (word === 'status:502-504') return ['gateway-error'];
    const text = /^(?:status|grpc):(.+)$/.exec(word)?.[1];
    return text === undefined ? [] : [text];
  });
  return texts.length > 0 ? texts.join(',') : undefined;
};
