import { type Manifest, ownershipLabel } from '../../../../adapter/adapter.ts';
import { refused, type Verdict } from '../../../../adapter/disposition.ts';
import { groupBy } from '../../../../base/order.ts';
import type { EncryptionMode, PeerEncryption } from '../../../../model/capabilities/encryption.ts';
import type { Model } from '../../../../model/model.ts';
import type { ServerScope } from '../../../../model/scope.ts';
import { Names } from './names.ts';
import { tellApart, unselectable, type Writing } from './placement.ts';
import { contains, mayOverlap, withoutPorts } from './scopes.ts';

const modes: Readonly<Record<EncryptionMode, string>> = {
  strict: 'STRICT',
  permissive: 'PERMISSIVE',
  disabled: 'DISABLE',
};

const hasLabels = ({ labels }: ServerScope): boolean => Object.keys(labels ?? {}).length > 0;

/** How narrow a scope is to Istio: workloads before namespaces before the mesh. */
const level = (scope: ServerScope): number => (hasLabels(scope) ? 2 : scope.namespaces ? 1 : 0);

/** The verdict on each item, in order: what was refused decides for nobody any more. */
export const encryptionVerdicts = (model: Model): ReadonlyMap<PeerEncryption, Verdict<PeerEncryption>> => {
  const verdicts = new Map<PeerEncryption, Verdict<PeerEncryption>>();
  const kept: PeerEncryption[] = [];
  for (const item of model.encryption) {
    const verdict = verdictOn(item, kept, model);
    verdicts.set(item, verdict);
    if (verdict === 'applied') kept.push(item);
  }
  return verdicts;
};

/**
 * Whether a PeerAuthentication can say it. One for workloads needs a selector and a namespace, modes for ports need a
 * selector, and Istio asks by level, the older first, whatever the order here.
 */
const verdictOn = (item: PeerEncryption, before: readonly PeerEncryption[], model: Model): Verdict<PeerEncryption> => {
  const { scope, mode } = item;
  const hidden = before.find(other => contains(other.scope, scope));
  // Without a permissive mode there is nothing, or what is stricter; unless what follows switches encryption off.
  const next = model.encryption
    .slice(model.encryption.indexOf(item) + 1)
    .filter(other => mayOverlap(other.scope, scope));
  const isHarmless = mode.value === 'permissive' && next.every(other => other.mode.value !== 'disabled');
  const no = (message: string, workaround: string) =>
    refused('encryption-mode', message, { severity: isHarmless ? 'behaviour' : 'security', workaround });
  if (hidden) {
    return refused('encryption-mode', `\`${hidden.id}\` decides for all of its servers`, { effect: 'none' });
  }
  if (scope.services || scope.gateway !== undefined) {
    return no('a mode is set for workloads, not for services or gateways', 'set it for the workloads behind them');
  }
  const stranger = unselectable(scope, { model });
  if (stranger !== undefined) return no(stranger, tellApart);
  if (scope.ports && !hasLabels(scope)) {
    return no('a mode for a port needs a selector', 'write one for each of the workloads');
  }
  if (hasLabels(scope) && !scope.namespaces) {
    return no('a selector works in a namespace only', 'write one for each of the namespaces');
  }
  const outranked = before.find(other => level(other.scope) < level(scope) && mayOverlap(other.scope, scope));
  if (outranked) {
    return no(
      `\`${outranked.id}\` comes first, and Istio would ask the narrower one first`,
      'change the order of the two',
    );
  }
  const rival = hasLabels(scope) && before.find(other => isUnfinished(other, item, before));
  if (rival) {
    return no(
      `for workloads that \`${rival.id}\` selects too, Istio asks only the older of the two`,
      'write one for each set of workloads',
    );
  }
  return 'applied';
};

/**
 * Whether another selector that may pick the same workloads has spoken before of some ports and not of the rest: Istio
 * would give the rest to that object, too.
 */
const isUnfinished = (other: PeerEncryption, item: PeerEncryption, before: readonly PeerEncryption[]): boolean =>
  hasLabels(other.scope) &&
  labelText(other.scope) !== labelText(item.scope) &&
  mayOverlap(withoutPorts(other.scope), withoutPorts(item.scope)) &&
  !before.some(({ scope }) => !scope.ports && contains(scope, withoutPorts(other.scope)));

const labelText = ({ labels = {} }: ServerScope): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** One object per namespace and selector; its ports are part of it. In the order of names, which is that of the model. */
export const emitPeerAuthentications = ({ model, rootNamespace }: Writing): Manifest[] => {
  const names = new Names();
  const single = model.encryption.flatMap(item => {
    const namespaces = item.scope.namespaces ?? [rootNamespace];
    return namespaces.map(namespace => ({ namespace, item }));
  });
  const namespaces = groupBy(single, ({ namespace }) => namespace);
  return [...namespaces].flatMap(([namespace, members]) => {
    const items = withoutHidden(members.map(({ item }) => item));
    const groups = [...groupBy(items, ({ scope }) => labelText(scope)).values()];
    const placed = groups.filter(group => needsPlace(groups, group));
    return groups.map(group => {
      const wanted = names.from(group.at(-1)!.id).replace(/^\d{3}-/, '');
      const place = placed.includes(group) ? `${String(placed.indexOf(group) + 1).padStart(3, '0')}-` : '';
      return emitOne(group, namespace, names.take(namespace, place + wanted));
    });
  });
};

/** Of the items of one namespace, without those that an earlier one leaves nothing to say. */
const withoutHidden = (items: readonly PeerEncryption[]): readonly PeerEncryption[] => {
  const here = ({ scope: { namespaces: _, ...rest } }: PeerEncryption): ServerScope => rest;
  return items.filter((item, index) => !items.slice(0, index).some(earlier => contains(here(earlier), here(item))));
};

/**
 * Of two that select the same workloads the older counts, and of two made in one second that of the lower name; so
 * the names say the order.
 */
const needsPlace = (groups: readonly (readonly PeerEncryption[])[], items: readonly PeerEncryption[]): boolean => {
  const scopeOf = ([first]: readonly PeerEncryption[]) => withoutPorts(first!.scope);
  const scope = scopeOf(items);
  const rivals = groups.filter(group => group !== items && hasLabels(scopeOf(group)));
  return hasLabels(scope) && rivals.some(group => mayOverlap(scopeOf(group), scope));
};

const emitOne = (items: readonly PeerEncryption[], namespace: string, name: string): Manifest => {
  const whole = items.find(({ scope }) => !scope.ports);
  const first = items[0]!;
  const ports = items.flatMap(({ scope, mode }) =>
    (scope.ports ?? []).map(port => [String(port), { mode: modes[mode.value] }] as const),
  );
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name, namespace, labels: ownershipLabel },
    spec: {
      ...(hasLabels(first.scope) ? { selector: { matchLabels: first.scope.labels } } : {}),
      ...(whole ? { mtls: { mode: modes[whole.mode.value] } } : {}),
      ...(ports.length > 0 ? { portLevelMtls: Object.fromEntries(ports.toReversed()) } : {}),
    },
  };
};
