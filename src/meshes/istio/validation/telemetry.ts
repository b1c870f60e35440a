import type { Field } from '../../../base/field.ts';
import { tellDuration } from './forms.ts';
import { tellTargets } from './targets.ts';
import type { KindRules, Tell } from './tell.ts';

export const telemetry: KindRules = (spec, tell) => {
  tellTargets(spec, tell);
  for (const metrics of spec.list('metrics')) {
    tellDuration(metrics.at('reportingInterval'), tell);
    for (const override of metrics.list('overrides')) {
      for (const [, tag] of override.entries('tagOverrides')) tellTag(tag, tell);
    }
  }
  for (const tracing of spec.list('tracing')) {
    for (const [name, tag] of tracing.entries('customTags')) {
      if (name === '') tell('ISTIO907', tag, 'the name of a tag may not be empty');
    }
  }
};

/** UPSERT, which is what an absent operation means, needs a value; REMOVE has none. */
const tellTag = (tag: Field, tell: Tell): void => {
  const removes = tag.text('operation') === 'REMOVE';
  const value = tag.text('value') ?? '';
  if (removes && value !== '') tell('ISTIO905', tag, 'REMOVE takes no `value`');
  if (!removes && value === '') tell('ISTIO904', tag, '`value` is required for UPSERT');
};
