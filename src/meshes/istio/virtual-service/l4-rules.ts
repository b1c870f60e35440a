import type { Field } from '../../../base/field.ts';
import type { Action, Rule } from '../../../model/frontend.ts';
import { everything, type Match } from '../../../model/match.ts';
import type { Reading } from '../reading.ts';
import { readBackends } from './action.ts';
import { type FindSubset, findBackend } from './destinations.ts';
import { isForSide, type Side } from './match.ts';
import type { VirtualService } from './rules.ts';

/** `tls[]` and `tcp[]` as a decision list for one side. */
export const readL4Rules = (
  reading: Reading,
  vs: VirtualService,
  section: 'tls' | 'tcp',
  side: Side,
  findSubset: FindSubset,
): Rule[] =>
  vs.spec.list(section).flatMap((rule, index) => {
    const id = `${section}[${index}]`;
    const action: Action = {
      id: `${vs.namespace}/${vs.object.ref.name}/${id}`,
      target: {
        kind: 'forward',
        backends: readBackends(rule.list('route'), d => findBackend(reading, d, vs.namespace, findSubset)),
      },
      source: rule,
    };
    const all = rule.list('match');
    if (all.length === 0) return [{ id, match: { ...everything, source: rule }, action }];
    return all.flatMap((field, n): Rule[] => {
      const match = readL4Match(field);
      return isForSide(field, side) ? [{ id: `${id}.match[${n}]`, match, action }] : [];
    });
  });

const readL4Match = (field: Field): Match => {
  const sni = field.texts('sniHosts');
  const addresses = field.texts('destinationSubnets');
  const port = field.number('port');
  const labels = field.textMap('sourceLabels');
  const namespace = field.text('sourceNamespace');
  const subnet = field.text('sourceSubnet');
  return {
    ...(sni ? { sni } : {}),
    ...(addresses ? { addresses } : {}),
    ...(port === undefined ? {} : { port }),
    ...(labels || namespace || subnet
      ? {
          caller: {
            ...(labels ? { labels } : {}),
            ...(namespace ? { namespaces: [namespace] } : {}),
            ...(subnet ? { addresses: [subnet] } : {}),
            source: field,
          },
        }
      : {}),
    source: field,
  };
};
