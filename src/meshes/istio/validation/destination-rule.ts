import { isDnsLabel, isWildcardHost, tellLabels } from './forms.ts';
import { tellExportTo, tellSelector } from './targets.ts';
import type { KindRules } from './tell.ts';
import { tellTrafficPolicy } from './traffic-policy.ts';

export const destinationRule: KindRules = (spec, tell, object) => {
  const host = spec.at('host');
  const text = host?.asText();
  if (host && text !== undefined && !isWildcardHost(text)) tell('ISTIO907', host, `\`${text}\` is no host name`);
  tellTrafficPolicy(spec.at('trafficPolicy'), tell);
  const names = new Set<string>();
  for (const subset of spec.list('subsets')) {
    const field = subset.at('name');
    const name = field?.asText();
    if (field && name !== undefined) {
      if (names.has(name)) tell('ISTIO908', field, `two subsets are called \`${name}\``);
      names.add(name);
      if (!isDnsLabel(name)) tell('ISTIO907', field, `\`${name}\` is no name of a subset`);
    }
    tellLabels(subset.at('labels'), tell);
    tellTrafficPolicy(subset.at('trafficPolicy'), tell);
  }
  tellExportTo(spec, tell, object);
  tellSelector(spec.find('workloadSelector', 'matchLabels'), tell);
};
