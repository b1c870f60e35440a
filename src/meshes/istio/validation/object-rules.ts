import { metadataOf, type NativeObject } from '../../../native/snapshot.ts';
import type { Tell } from './tell.ts';

/** Annotations that Istio puts on what it makes itself. */
const reserved = [
  'internal.istio.io/parents',
  'internal.istio.io/parent-namespace',
  'internal.istio.io/webhook-always-reject',
];

/** Rules that hold for objects of every kind: their annotations. */
export const tellAnnotations = (object: NativeObject, tell: Tell): void => {
  const { annotations } = metadataOf(object);
  const at = (name: string) => ({ object: object.ref, path: `metadata.annotations["${name}"]` });
  for (const name of reserved) {
    if (annotations[name] !== undefined) tell('ISTIO909', at(name), `\`${name}\` is not for users`);
  }
  const dryRun = annotations['istio.io/dry-run'];
  if (dryRun === undefined) return;
  const action = (object.body.spec as { readonly action?: unknown } | null | undefined)?.action ?? 'ALLOW';
  if (object.ref.kind !== 'AuthorizationPolicy' || (action !== 'ALLOW' && action !== 'DENY')) {
    tell('ISTIO909', at('istio.io/dry-run'), 'a dry run is for AuthorizationPolicies that allow or deny');
  } else if (!/^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(dryRun)) {
    tell('ISTIO907', at('istio.io/dry-run'), `\`${dryRun}\` is neither true nor false`);
  }
};
