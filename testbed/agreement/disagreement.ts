import { toYamlStream } from '../../src/base/yaml.ts';
import type { Verdict } from '../trial/trial.ts';
import { disagrees, testimonyText } from './oracle.ts';
import type { Tried } from './tally.ts';

const requestText = ({ question }: Verdict): string => {
  const { caller, service, port, request, plan } = question;
  const { protocol, method, path, authority, headers } = request;
  const what =
    protocol === 'tcp' || protocol === 'tls'
      ? `${protocol} ${request.sni ?? ''}`
      : `${method} ${path} Host: ${authority}`;
  const more = headers.map(([name, value]) => ` ${name}: ${value}`).join('');
  return `${caller} → ${service}:${port} ${what}${more}${plan ? ` answered as ${JSON.stringify(plan)}` : ''}`;
};

const outcomeText = ({ predicted: { outcome } }: Verdict): string => JSON.stringify(outcome);

/** Everything it takes to look into a disagreement: what was applied, what was sent, predicted and seen. */
export const disagreementText = (tried: Tried, objects: readonly object[], failed: readonly Verdict[]): string =>
  [
    `### ${tried.id}`,
    toYamlStream(objects as never).trimEnd(),
    ...failed
      .slice(0, 6)
      .flatMap(verdict => [
        `- ${requestText(verdict)}`,
        ...verdict.differences.map(difference => `    ${difference}`),
        `    outcome: ${outcomeText(verdict)}`,
        ...verdict.predicted.caveats.map(({ code, message }) => `    caveat ${code}: ${message}`),
      ]),
    ...tried.readings
      .filter(({ differences }) => differences.length > 0)
      .flatMap(({ caller, service, port, subset, differences }) => [
        `- the proxy of ${caller} about ${service}:${port}${subset ? ` ${subset.name}` : ''}`,
        ...differences.map(difference => `    ${difference}`),
      ]),
    ...(failed.length > 6 ? [`  and ${failed.length - 6} more`] : []),
    ...(tried.testimonies ?? []).filter(disagrees).map(one => `- ${testimonyText(one)}`),
    '',
  ].join('\n');
