import { gatewayGroup } from './kinds.ts';
import { type GatewayApiReading, report } from './reading.ts';
import type { ParentReference, Route } from './route.ts';

/**
 * Routes that act nowhere, and those on something that is not read: what is written in them is left out, with the reason,
 * and GWAPI017 and GWAPI018 say so. `isUntaken` tells the parents of which the asking adapter knows that nobody reads
 * routes on them; about the kinds of a mesh only its own adapter can know.
 */
export const leaveUntaken = (
  routes: readonly Route[],
  reading: GatewayApiReading,
  isUntaken: (parent: ParentReference) => boolean,
): void => {
  for (const { parents, spec, object } of routes) {
    const rules = spec?.at('rules');
    if (parents.length === 0) {
      report(reading, 'GWAPI017', spec ?? object.ref, 'it is attached to nothing, and acts nowhere');
      rules?.leave('the route names no parent');
      continue;
    }
    const untaken = parents.filter(isUntaken);
    for (const parent of untaken) tellUntaken(parent, reading);
    if (untaken.length === parents.length) rules?.leave('no parent of the route is of a kind that is read');
  }
};

const tellUntaken = ({ group, kind, namespace, name, source }: ParentReference, reading: GatewayApiReading): void => {
  const message = `what it does on ${kind} \`${namespace}/${name}\` of \`${group}\` is not read`;
  // Without a group the kind is one of Gateway API's own (ParentReference.group).
  const isServiceMeant = kind === 'Service' && group === gatewayGroup;
  report(reading, 'GWAPI018', source, message, isServiceMeant ? 'a Service is named with `group: ""`' : undefined);
};
