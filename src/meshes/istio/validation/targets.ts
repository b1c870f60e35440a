import type { Field } from '../../../base/field.ts';
import { type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { isDnsLabel } from './forms.ts';
import type { Tell } from './tell.ts';

/** What a policy can be attached to with `targetRefs`, by group and kind. */
const attachable = new Set([
  '/Service',
  'core/Service',
  'networking.istio.io/ServiceEntry',
  'gateway.networking.k8s.io/Gateway',
  'gateway.networking.k8s.io/GatewayClass',
]);

/** The rules about where a policy of the security, telemetry and extensions groups applies. */
export const tellTargets = (spec: Field, tell: Tell): void => {
  const refs = spec.list('targetRefs');
  const ways = [spec.has('selector'), spec.has('targetRef'), refs.length > 0].filter(Boolean).length;
  if (ways > 1) tell('ISTIO905', spec, 'only one of `selector`, `targetRef` and `targetRefs` may be set');
  tellSelector(spec.find('selector', 'matchLabels'), tell);
  const single = spec.at('targetRef');
  for (const ref of single ? [single, ...refs] : refs) tellTargetRef(ref, tell);
};

const tellTargetRef = (ref: Field, tell: Tell): void => {
  const namespace = ref.at('namespace');
  if (namespace?.asText()) tell('ISTIO909', namespace, 'a target is always in the namespace of the policy');
  if (ref.text('name') === '') tell('ISTIO904', ref, '`name` may not be empty');
  const target = `${ref.text('group') ?? ''}/${ref.text('kind') ?? ''}`;
  if (!attachable.has(target)) {
    tell('ISTIO903', ref, `\`${target}\` is not one of ${[...attachable].map(known => `\`${known}\``).join(', ')}`);
  }
};

/** Labels that choose workloads: whole names and whole values. */
export const tellSelector = (labels: Field | undefined, tell: Tell): void => {
  for (const [key, value] of labels?.members() ?? []) {
    if (key === '') tell('ISTIO907', value, 'the name of a label may not be empty');
    if (`${key}${value.asText() ?? ''}`.includes('*')) tell('ISTIO907', value, 'labels are compared without wildcards');
  }
};

/** To which namespaces an object is visible. `kind` decides on two special cases. */
export const tellExportTo = (spec: Field, tell: Tell, object: NativeObject): void => {
  const own = namespaceOf(object.ref);
  const isServiceEntry = object.ref.kind === 'ServiceEntry';
  const seen = new Set<string>();
  const entries = spec.list('exportTo');
  for (const entry of entries) {
    const text = entry.asText() ?? '';
    const namespace = text === '.' ? own : text;
    if (seen.has(namespace)) tell('ISTIO908', entry, `\`${text}\` says the same as another entry`);
    seen.add(namespace);
    if (text === '~' && !isServiceEntry) tell('ISTIO903', entry, '`~` is for ServiceEntries only');
    else if (!['.', '*', '~'].includes(text) && !isDnsLabel(text)) {
      tell('ISTIO907', entry, `\`${text}\` is neither \`.\`, \`*\` nor the name of a namespace`);
    }
  }
  const list = spec.at('exportTo');
  if (!list || entries.length === 0) return;
  if (seen.has('*') && entries.length > 1) tell('ISTIO905', list, '`*` leaves nothing for other entries');
  if (isServiceEntry && seen.has('~') && entries.length > 1) tell('ISTIO905', list, '`~` stands alone');
  if (object.ref.kind === 'DestinationRule' && spec.has('workloadSelector') && [...seen].some(name => name !== own)) {
    tell('ISTIO905', list, 'a rule with a `workloadSelector` is visible in its own namespace only');
  }
};
