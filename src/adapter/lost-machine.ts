import type { Model } from '../model/model.ts';
import { refused } from './disposition.ts';

/**
 * A machine that is no member of the target's mesh. It shows the identity it had no longer, so that where some policy
 * looks at who calls, what kept it out may let it in: a loss of security there.
 */
export const lostMachine = (message: string, { access }: Pick<Model, 'access'>, workaround?: string) => {
  const looksAtCallers = access.some(({ rules }) =>
    rules.some(({ clauses }) =>
      clauses.some(({ conditions }) => conditions.some(({ attribute }) => attribute.startsWith('peer.'))),
    ),
  );
  return refused('machine', message, {
    severity: looksAtCallers ? 'security' : 'behaviour',
    ...(workaround === undefined ? {} : { workaround }),
  });
};
