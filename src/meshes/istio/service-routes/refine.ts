import type { Action } from '../../../model/frontend.ts';
import type { MeshConfig } from '../mesh-config.ts';

/**
 * What Istio makes of the action of a route: it tries again as it does by default, and a redirect to another scheme keeps a
 * port that the Host names, where the specification asks for that of the scheme (observed at a gateway on port 8081).
 */
export const refineAction =
  ({ defaultRetries }: Pick<MeshConfig, 'defaultRetries'>) =>
  (action: Action): Action => {
    const { target } = action;
    if (target.kind === 'forward') return action.retries ? action : { ...action, retries: defaultRetries };
    if (target.kind !== 'redirect' || target.redirect.portFrom !== 'scheme') return action;
    const { portFrom: _, ...redirect } = target.redirect;
    return { ...action, target: { ...target, redirect } };
  };
