import type { Field } from '../../../base/field.ts';
import { isDnsLabel, isHeaderName, tellLabels, tellPort, tellRegex } from './forms.ts';
import type { Tell } from './tell.ts';

const claims = '@request.auth.claims';
const pseudoHeaders = new Set([':method', ':scheme', ':authority', ':path', ':status']);

export const tellHttpMatch = (match: Field, tell: Tell, atGateway: boolean): void => {
  for (const list of ['headers', 'withoutHeaders']) {
    for (const [name, value] of match.entries(list)) {
      const isClaim = name.toLowerCase().startsWith(claims);
      if (isClaim && !atGateway) tell('ISTIO909', value, 'claims of tokens are matched at gateways only');
      else if (!isClaim && !pseudoHeaders.has(name) && !isHeaderName(name)) {
        tell('ISTIO907', value, `\`${name}\` is no name of a header`);
      }
      // `*` is no RE2 expression; as something that must be absent Istio takes it for any value.
      if (list === 'headers' || value.at('regex')?.value !== '*') tellTextMatch(value, tell);
    }
  }
  const uri = match.at('uri');
  if (uri?.has('regex')) tellTextMatch(uri, tell);
  for (const name of ['scheme', 'method', 'authority']) tellTextMatch(match.at(name), tell);
  for (const [, value] of match.entries('queryParams')) tellTextMatch(value, tell);
  if (match.number('port') !== 0) tellPort(match.at('port'), tell);
  tellLabels(match.at('sourceLabels'), tell);
  const namespace = match.at('sourceNamespace');
  const text = namespace?.asText();
  if (namespace && text && !isDnsLabel(text)) tell('ISTIO907', namespace, `\`${text}\` is no name of a namespace`);
};

const tellTextMatch = (match: Field | undefined, tell: Tell): void => {
  const prefix = match?.at('prefix');
  if (prefix?.value === '') tell('ISTIO907', prefix, 'a prefix may not be empty');
  const regex = match?.at('regex');
  if (regex) tellRegex(regex, tell);
};
