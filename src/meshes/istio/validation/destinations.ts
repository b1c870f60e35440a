import type { Field } from '../../../base/field.ts';
import { isDnsLabel, isWildcardHost, tellPort } from './forms.ts';
import { tellHeaderChanges } from './header-rules.ts';
import type { Tell } from './tell.ts';

/** A place where requests or connections go. `anyBackend`: the object was made from a Gateway API route. */
export const tellDestination = (destination: Field | undefined, tell: Tell): void => {
  if (!destination) return;
  const host = destination.at('host');
  const text = host?.asText();
  if (host && text !== undefined && (text === '*' || !isWildcardHost(text))) {
    tell('ISTIO907', host, `\`${text}\` is no host that requests can be sent to`);
  }
  const subset = destination.at('subset');
  const name = subset?.asText();
  if (subset && name && !isDnsLabel(name)) tell('ISTIO907', subset, `\`${name}\` is no name of a subset`);
  const port = destination.at('port');
  if (port && !port.has('number')) tell('ISTIO904', port, '`number` is required');
  tellPort(port?.at('number'), tell);
};

/** The weighted destinations of a route. `anyBackend`: the object was made from a Gateway API route, whose backends stand there. */
export const tellWeighted = (route: Field, tell: Tell, anyBackend: boolean): void => {
  const destinations = route.list('route');
  let total = 0;
  for (const destination of destinations) {
    tellHeaderChanges(destination.at('headers'), tell);
    if (!anyBackend) tellDestination(destination.at('destination'), tell);
    const weight = destination.number('weight') ?? 0;
    if (weight < 0) tell('ISTIO906', destination.at('weight') ?? destination, 'a weight may not be negative');
    total += weight;
  }
  if (destinations.length > 1 && total === 0) {
    tell(
      'ISTIO906',
      route.at('route') ?? route,
      'the weights of several destinations add up to nothing',
      'give each destination a weight',
    );
  }
};
