import { capabilityOf } from '../adapter/capability-of.ts';
import { type ObjectRef, objectKey, type Source } from '../base/source.ts';
import type { CapabilityId } from '../model/capability.ts';
import type { Action } from '../model/frontend.ts';
import type { Model } from '../model/model.ts';

/** A native object and what it configures. */
export interface Policy {
  readonly object: ObjectRef;
  readonly capabilities: readonly CapabilityId[];
  readonly source: Source;
}

/** Every object that says something, with the capabilities it speaks of. */
export const policiesOf = (model: Model): readonly Policy[] => {
  const found = new Map<string, { object: ObjectRef; source: Source; capabilities: Set<CapabilityId> }>();
  const note = (source: Source | undefined, ...capabilities: (CapabilityId | undefined | false)[]): void => {
    if (!source) return;
    const key = objectKey(source.object);
    const entry = found.get(key) ?? {
      object: source.object,
      source: { object: source.object, path: '' },
      capabilities: new Set(),
    };
    for (const capability of capabilities) if (capability) entry.capabilities.add(capability);
    found.set(key, entry);
  };
  for (const frontend of model.frontends) {
    note(frontend.source);
    for (const { match, action } of frontend.rules) {
      note(
        match.source,
        match.path && capabilityOf.path(match.path),
        match.method && 'method-match',
        match.caller && 'caller-match',
      );
      for (const header of match.headers ?? []) note(header.source ?? match.source, capabilityOf.header(header));
      note(action.source, ...actionCapabilities(action));
    }
  }
  for (const settings of model.destinations) {
    note(
      settings.source,
      settings.loadBalancing && capabilityOf.balancing(settings.loadBalancing),
      settings.outlierDetection && 'outlier-consecutive',
      settings.connectionLimits && 'connection-limits',
      settings.tls && 'upstream-tls',
      settings.locality && 'locality',
    );
  }
  for (const item of model.encryption) note(item.source, 'encryption-mode');
  for (const policy of model.access) {
    note(policy.source, policy.rules.length === 0 && 'access-identity');
    for (const rule of policy.rules) note(rule.source ?? policy.source, capabilityOf.accessRule(rule));
  }
  for (const item of model.requestAuthentication) note(item.source, 'access-token');
  for (const item of model.rateLimits) note(item.source, 'rate-limit');
  for (const item of [...model.visibility, ...model.exposures]) note(item.source, 'visibility');
  for (const item of model.egress) note(item.source, 'egress-default');
  for (const item of model.telemetry) note(item.source, 'telemetry');
  for (const gateway of model.inventory.gateways) note(gateway.source, 'gateway');
  for (const service of model.inventory.services) if (service.external) note(service.source, 'egress-hosts');
  return [...found.values()].map(({ object, source, capabilities }) => ({
    object,
    capabilities: [...capabilities].sort(),
    source,
  }));
};

const actionCapabilities = (action: Action): (CapabilityId | undefined | false)[] => [
  action.target.kind === 'redirect' && 'redirect',
  action.target.kind === 'respond' && 'direct-response',
  action.target.kind === 'forward' && action.target.backends.length > 1 && 'weighted-split',
  action.target.kind === 'forward' &&
    action.target.backends.some(({ backend }) => backend.kind === 'service' && backend.subset) &&
    'subset',
  action.timeouts?.request && 'timeout-request',
  action.retries?.max.origin === 'written' && 'retry-count',
  action.fault?.delay && 'fault-delay',
  action.fault?.abort && 'fault-abort',
  action.mirrors && 'mirror',
  action.cors && 'cors',
  (action.requestHeaders || action.responseHeaders) && 'header-edits',
  action.rewrite?.path && 'rewrite-path',
  action.rewrite?.host !== undefined && 'rewrite-host',
];
