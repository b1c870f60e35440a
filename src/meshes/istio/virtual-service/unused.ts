import type { Field } from '../../../base/field.ts';
import { type Reading, report } from '../reading.ts';
import { gatewayNames } from './entry.ts';
import { isDelegate, nameOf, type VirtualService } from './virtual-service.ts';

/** Says of what no proxy ever gets why that is so: delegates that nobody names, rules for gateways that are not there. */
export const leaveUnused = (reading: Reading, all: readonly VirtualService[]): void => {
  const named = new Set(all.flatMap(delegatesOf));
  for (const vs of all) {
    if (!isDelegate(vs)) leaveElsewhere(reading, vs);
    else if (!named.has(nameOf(vs))) leaveDelegate(reading, vs);
  }
};

const delegatesOf = (vs: VirtualService): string[] =>
  vs.spec.list('http').flatMap(rule => {
    const delegate = rule.at('delegate');
    return delegate ? [`${delegate.text('namespace') || vs.namespace}/${delegate.text('name')}`] : [];
  });

const leaveDelegate = (reading: Reading, { object, spec }: VirtualService): void => {
  report(reading, 'ISTIO011', object.ref, 'no rule of another VirtualService delegates to it');
  for (const section of ['http', 'tls', 'tcp']) spec.at(section)?.leave('no rule delegates to this object');
};

const leaveElsewhere = (reading: Reading, vs: VirtualService): void => {
  const isBound = (name: string): boolean => vs.gateways.includes(name) && (name === 'mesh' || exists(reading, name));
  if (!vs.gateways.some(isBound)) return;
  for (const section of ['http', 'tls', 'tcp']) {
    for (const rule of vs.spec.list(section)) {
      const matches = rule.list('match');
      const unused = matches.filter(match => isFor(match, vs)?.every(name => !isBound(name)));
      for (const match of unused) match.leave('it is for gateways that do not exist or that the object does not name');
      if (matches.length > 0 && unused.length === matches.length)
        rule.leave('none of its matches is for a proxy of the input');
    }
  }
};

/** The gateways that a match names; undefined if none, and then it is for all of the object's. */
const isFor = (match: Field, { namespace }: VirtualService): string[] | undefined => {
  const names = gatewayNames(match, namespace) ?? [];
  return names.length > 0 ? names : undefined;
};

/** What a partial input does not hold may be there all the same. */
const exists = ({ snapshot }: Reading, gateway: string): boolean => {
  if (snapshot.extent === 'partial') return true;
  const [namespace = '', name = ''] = gateway.split('/');
  return snapshot.find('networking.istio.io', 'Gateway', namespace, name) !== undefined;
};
