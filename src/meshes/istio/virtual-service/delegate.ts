import type { Field } from '../../../base/field.ts';
import { type Reading, report } from '../reading.ts';
import { type Delegates, isDelegate, type VirtualService } from './virtual-service.ts';

/**
 * The child that a rule delegates to, in the root's namespace unless it says otherwise. One that is not there, that has
 * hosts of its own or that is not exported to the root's namespace makes the rule vanish (observed, row 2.11; exportTo:
 * pilot's virtual service controller, Istio 1.31).
 */
export const findDelegate = (
  reading: Reading,
  root: VirtualService,
  rule: Field,
  delegates: Delegates,
): VirtualService | undefined => {
  const delegate = rule.at('delegate');
  const name = delegate?.text('name') ?? '';
  const namespace = delegate?.text('namespace') || root.namespace;
  const child = delegates(namespace, name);
  const missing = (why: string): undefined => {
    report(reading, 'ISTIO003', delegate ?? rule, `the delegate \`${namespace}/${name}\` ${why}`);
    return undefined;
  };
  if (!child) return missing('is not in the input');
  if (!isDelegate(child)) return missing('has hosts, so it is no delegate');
  if (!child.exportTo.some(to => to === '*' || to === root.namespace)) {
    return missing(`is not exported to namespace \`${root.namespace}\``);
  }
  return child;
};
