import type { Source } from '../../../base/source.ts';
import type { Action, Backend, Rule, WeightedBackend } from '../../../model/frontend.ts';
import { type Reading, report } from '../reading.ts';

/**
 * Rules as a gateway's port sees them: a destination without a port is the service's only port, else the port of the
 * gateway itself, which the service rarely has; its share is then answered with 503 (observed, row 17.2).
 */
export const withPorts = (rules: readonly Rule[], port: number | undefined, reading: Reading): Rule[] => {
  const actions = new Map<Action, Action>();
  return rules.map(rule => {
    const action = actions.get(rule.action) ?? resolved(rule.action, port, reading);
    actions.set(rule.action, action);
    return { ...rule, action };
  });
};

const resolved = (action: Action, port: number | undefined, reading: Reading): Action => {
  const { target, mirrors } = action;
  const backends = (list: readonly WeightedBackend[]): WeightedBackend[] =>
    list.map(share => ({ ...share, backend: backendOn(share.backend, port, reading, share.source ?? action.source) }));
  return {
    ...action,
    ...(target.kind === 'forward' ? { target: { kind: 'forward', backends: backends(target.backends) } } : {}),
    ...(mirrors
      ? { mirrors: mirrors.map(m => ({ ...m, backend: backendOn(m.backend, port, reading, m.source) })) }
      : {}),
  };
};

const backendOn = (
  backend: Backend,
  port: number | undefined,
  reading: Reading,
  source: Source | undefined,
): Backend => {
  if (backend.kind === 'nowhere' || backend.port !== undefined) return backend;
  const service = reading.directory.find(backend.service);
  const ports = service?.ports ?? [];
  const [only, ...more] = ports;
  if (only && more.length === 0) return { ...backend, port: only.port };
  // Where nobody knows the service's ports, it may have the gateway's; and where nobody knows those, it stays open.
  if (port === undefined) return backend;
  if (!only) return { ...backend, port };
  if (ports.some(other => other.port === port)) return { ...backend, port };
  const why = `\`${backend.service}\` has no port ${port}, which is the gateway's; no other is named`;
  if (source) report(reading, 'ISTIO110', source, why);
  return { kind: 'nowhere', status: 503, why, named: backend.service };
};
