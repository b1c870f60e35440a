import type { Frontend } from '../model/frontend.ts';
import { hostMatches } from '../model/match.ts';
import { approximated, refused, type Verdict } from './disposition.ts';

type AtListener = Extract<Frontend['listens'], { kind: 'listener' }>;

/**
 * What becomes of the hosts of a table behind a listener, after the tables of the same listener that come before it. Gateways
 * go by the most specific host name, the tables of the model by their order: what an earlier table takes, if only by a
 * wildcard, a later one never sees, and a route for it would.
 */
export const hostsVerdict = (frontend: Frontend, before: readonly Frontend[]): Verdict<Frontend> => {
  if (frontend.listens.kind !== 'listener') return 'applied';
  const at = frontend.listens;
  const own = at.hosts.length === 0 ? ['*'] : at.hosts;
  const hiding = (host: string): Frontend | undefined =>
    before.find(({ listens }) => listens.kind === 'listener' && takesHost(listens, host));
  const hidden = own.flatMap(host => hiding(host) ?? []);
  const [first] = hidden;
  if (!first) return 'applied';
  const open = hidden.find(({ noMatch }) => noMatch.kind === 'next');
  if (open || hidden.length === own.length) {
    return refused('frontend-hidden', `\`${(open ?? first).id}\` is for the same hosts and comes before it`, {
      effect: open ? 'differs' : 'none',
    });
  }
  const value: Frontend = { ...frontend, listens: { ...at, hosts: own.filter(host => !hiding(host)) } };
  return approximated(value, 'frontend-hidden', `\`${first.id}\` comes before it for some of its hosts`, {
    effect: 'none',
  });
};

/** Every name that the host stands for is one that the table takes. */
const takesHost = ({ hosts }: AtListener, host: string): boolean => {
  if (!host.startsWith('*')) return hosts.length === 0 || hosts.some(pattern => hostMatches(pattern, host));
  return (
    hosts.length === 0 || hosts.some(pattern => pattern.startsWith('*') && hostMatches(pattern, `x${host.slice(1)}`))
  );
};
