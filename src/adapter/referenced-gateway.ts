import type { Gateway } from '../model/inventory.ts';
import { groupOf } from '../native/snapshot.ts';
import { approximated, type Verdict } from './disposition.ts';

/**
 * What becomes of a gateway that only routes name. No writer invents the object: the routes name it again, and nothing
 * is lost where they did so in the target's own language (`group`). In another language there was perhaps such a
 * gateway, and there will be none of the target's kind until somebody writes it: a loss that says so.
 */
export const referencedGatewayVerdict = (value: Gateway, group: string): Verdict<Gateway> => {
  const named = value.source?.object;
  if (named && groupOf(named) === group) return 'applied';
  return approximated(
    value,
    'gateway-absent',
    `the input does not hold gateway \`${value.id}\`, and none is written; the routes name it, and act once it is there`,
    {
      workaround: `add the gateway to the input, or write a Gateway \`${value.name}\` in namespace ${value.namespace}`,
    },
  );
};
