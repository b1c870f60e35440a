import type { Timeouts } from '../../../model/capabilities/timeouts.ts';
import type { Action } from '../../../model/frontend.ts';
import type { MeshConfig } from '../mesh-config.ts';

/** `backendRequest` is the deadline of the whole request, over all tries (observed in a sidecar's configuration). */
const deadlines = (timeouts: Timeouts): Timeouts => {
  const { perTry, ...others } = timeouts;
  return perTry && perTry.value > 0 ? { ...others, request: perTry } : timeouts;
};

/**
 * What Istio makes of the action of a route: it tries again as it does by default, and a redirect to another scheme keeps a
 * port that the Host names, where the specification asks for that of the scheme (observed at a gateway on port 8081).
 */
export const refineAction =
  ({ defaultRetries }: Pick<MeshConfig, 'defaultRetries'>) =>
  (action: Action): Action => {
    const { target } = action;
    if (target.kind === 'forward') {
      const { retries = defaultRetries, timeouts } = action;
      return { ...action, retries, ...(timeouts ? { timeouts: deadlines(timeouts) } : {}) };
    }
    if (target.kind !== 'redirect' || target.redirect.portFrom !== 'scheme') return action;
    const { portFrom: _, ...redirect } = target.redirect;
    return { ...action, target: { ...target, redirect } };
  };
