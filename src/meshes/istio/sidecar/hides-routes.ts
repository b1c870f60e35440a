import type { Frontend } from '../../../model/frontend.ts';

/** Whether a table says that there are no routes: with a Sidecar that is done by not importing any. */
export const hidesRoutes = (frontend: Frontend | undefined): boolean =>
  frontend !== undefined && frontend.rules.length === 0 && frontend.noMatch.kind === 'passToService';
