import type { Field } from '../../../base/field.ts';
import type { Action, Rule } from '../../../model/frontend.ts';
import { everything, type Match } from '../../../model/match.ts';
import type { Reading } from '../reading.ts';
import { readBackends } from './backends.ts';
import { type FindSubset, findBackend } from './destinations.ts';
import { gatewayNames } from './entry.ts';
import type { Side } from './match.ts';
import { byServerName } from './server-name-order.ts';
import type { VirtualService } from './virtual-service.ts';

/**
 * `tls[]` and `tcp[]` as a decision list for one side. A TCP rule without a match takes everything; a TLS rule without
 * one takes nothing, because it is by its server names that a connection is known (pilot, Istio 1.31: `tls.go`).
 */
export const readL4Rules = (
  reading: Reading,
  vs: VirtualService,
  section: 'tls' | 'tcp',
  side: Side,
  findSubset: FindSubset,
): Rule[] => {
  const rules = l4Rules(reading, vs, section, side, findSubset);
  return section === 'tls' && !side.isWaypoint ? byServerName(rules) : rules;
};

const l4Rules = (
  reading: Reading,
  vs: VirtualService,
  section: 'tls' | 'tcp',
  side: Side,
  findSubset: FindSubset,
): Rule[] =>
  vs.spec.list(section).flatMap((rule, index) => {
    const id = `${section}[${index}]`;
    const all = rule.list('match');
    const matches = all.flatMap((field, n) =>
      isForSide(field, side) ? [{ id: `${id}.match[${n}]`, match: readL4Match(field, side) }] : [],
    );
    if (all.length === 0 && section === 'tcp') matches.push({ id, match: { ...everything, source: rule } });
    if (matches.length === 0) return [];
    const shares = readBackends(rule.list('route'), d => findBackend(reading, d, vs.namespace, findSubset));
    const action: Action = {
      id: `${vs.namespace}/${vs.object.ref.name}/${id}`,
      target: { kind: 'forward', backends: shares.map(({ backend }) => backend) },
      source: rule,
    };
    return matches.map(match => ({ ...match, action }));
  });

/** Who calls is nothing that a waypoint knows of a connection. */
const isForSide = (match: Field, side: Side): boolean => {
  if (side.isWaypoint && (match.at('sourceLabels') || match.at('sourceNamespace'))) return false;
  const gateways = gatewayNames(match, side.namespace) ?? [];
  return gateways.length === 0 || gateways.includes(side.gateway);
};

/**
 * Other than for HTTP, source labels and namespace hold also where gateways are named. A waypoint does not look at the
 * address that was dialled.
 */
const readL4Match = (field: Field, { isWaypoint }: Side): Match => {
  const sni = field.texts('sniHosts');
  const dialled = field.texts('destinationSubnets');
  const addresses = isWaypoint ? undefined : dialled;
  const port = field.number('port');
  const labels = field.textMap('sourceLabels');
  const namespace = field.text('sourceNamespace');
  field.at('sourceSubnet')?.leave('declared in the API and not implemented');
  const caller = { ...(labels ? { labels } : {}), ...(namespace ? { namespaces: [namespace] } : {}), source: field };
  return {
    ...(sni ? { sni } : {}),
    ...(addresses ? { addresses } : {}),
    ...(port ? { port } : {}),
    ...(labels || namespace ? { caller } : {}),
    source: field,
  };
};
