import type { Frontend } from '../../../model/frontend.ts';
import type { Match } from '../../../model/match.ts';
import type { Labels } from '../../../model/scope.ts';

/** What is known of a proxy and a port before any request comes: for whom a table is, apart from namespaces. */
export interface Standing {
  readonly port?: number;
  readonly labels?: Labels;
}

/** `hasPorts`: a host that no service has is on port 80 only, so that nothing has to be said of the port. */
export const standingOf = ({ clients, listens }: Frontend, hasPorts: boolean): Standing => {
  const port = listens.kind === 'listener' ? undefined : listens.port;
  return {
    ...(port === undefined || (!hasPorts && port === 80) ? {} : { port }),
    ...(clients.labels ? { labels: clients.labels } : {}),
  };
};

/** A match for everyone who stands so. */
export const conditionOf = ({ port, labels }: Standing): Match => ({
  ...(port === undefined ? {} : { port }),
  ...(labels ? { caller: { labels } } : {}),
});

/** Whether everyone in the first standing is in the second. */
export const isWithin = (one: Standing, other: Standing): boolean =>
  (other.port === undefined || other.port === one.port) &&
  Object.entries(other.labels ?? {}).every(([name, value]) => one.labels?.[name] === value);

/** Whether somebody may be in both. */
export const meets = (one: Standing, other: Standing): boolean =>
  (one.port === undefined || other.port === undefined || one.port === other.port) &&
  Object.entries(one.labels ?? {}).every(([name, value]) => (other.labels?.[name] ?? value) === value);
