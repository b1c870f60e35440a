import type { Field } from '../../../base/field.ts';
import type { Tell } from './tell.ts';

const isHost = (name: string): boolean => /^(?::authority|host)$/i.test(name);

/** What `headers` of a route or of a destination may do. */
export const tellHeaderChanges = (headers: Field | undefined, tell: Tell): void => {
  for (const side of ['request', 'response']) {
    const changes = headers?.at(side);
    if (!changes) continue;
    for (const action of ['set', 'add']) {
      for (const [name, value] of changes.entries(action)) {
        if (name === '') tell('ISTIO907', value, 'the name of a header may not be empty');
        else if (isReserved(name) && !(side === 'request' && isHost(name))) {
          tell('ISTIO909', value, `\`${name}\` of a ${side} cannot be changed`);
        }
        tellHeaderValue(value, tell);
      }
    }
    for (const name of changes.list('remove')) {
      const text = name.asText() ?? '';
      if (text === '') tell('ISTIO907', name, 'the name of a header may not be empty');
      else if (isReserved(text)) tell('ISTIO909', name, `\`${text}\` cannot be removed`);
    }
  }
};

const isReserved = (name: string): boolean => name.startsWith(':') || isHost(name);

const tellHeaderValue = (value: Field, tell: Tell): void => {
  const text = value.asText() ?? '';
  const hasControl = [...text].some(char => char !== '\t' && (char < ' ' || char === '\u007f'));
  if (hasControl) tell('ISTIO907', value, 'the value of a header may not hold control characters');
};

/** How often a route says what the host of the request becomes; it may do so once. */
export const tellHostRewrites = (route: Field, tell: Tell): void => {
  const set = ['set', 'add'].flatMap(action => route.find('headers', 'request', action)?.members() ?? []);
  const named = set.filter(([name]) => isHost(name));
  const rewritten = route.find('rewrite', 'authority')?.asText() ? 1 : 0;
  if (named.length + rewritten > 1) tell('ISTIO905', route, 'the host of the request is rewritten more than once');
};
