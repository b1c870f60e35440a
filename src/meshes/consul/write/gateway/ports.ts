import { groupBy } from '../../../../base/order.ts';
import type { Frontend } from '../../../../model/frontend.ts';
import type { Gateway, Listener } from '../../../../model/inventory.ts';
import type { Model } from '../../../../model/model.ts';

/** The listeners of one port as one, under the name of the first, with the certificates of all. */
const joined = ([first, ...more]: readonly Listener[]): Listener => {
  const { tls } = first!;
  if (!tls || more.length === 0) return first!;
  const certificates = [...new Set([first!, ...more].flatMap(listener => listener.tls?.certificates ?? []))];
  const { keys: _, ...rest } = tls;
  return { ...first!, tls: { ...rest, certificates } };
};

/** A port has one listener: those that were judged to share one are put together, and the tables behind them renamed. */
export const withSharedPorts = (model: Model): Model => {
  const names = new Map<string, string>();
  const gateways = model.inventory.gateways.map((gateway): Gateway => {
    if (gateway.purpose !== 'ingress') return gateway;
    const byPort = [...groupBy(gateway.listeners, ({ port }) => String(port)).values()];
    for (const [first, ...more] of byPort) {
      for (const { name } of more) names.set(`${gateway.id} ${name}`, first!.name);
    }
    return { ...gateway, listeners: byPort.map(joined) };
  });
  const moved = (frontend: Frontend): Frontend => {
    const { listens } = frontend;
    const name = listens.kind === 'listener' ? names.get(`${listens.gateway} ${listens.listener}`) : undefined;
    return name === undefined || listens.kind !== 'listener'
      ? frontend
      : { ...frontend, listens: { ...listens, listener: name } };
  };
  return { ...model, inventory: { ...model.inventory, gateways }, frontends: model.frontends.map(moved) };
};
