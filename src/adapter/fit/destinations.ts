import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import { capabilityOf } from '../capability-of.ts';
import type { Judge } from '../judge.ts';
import { type Draft, fieldParts, type Ledger, optional, type Part, part, withField } from './ledger.ts';

type SettingsDraft = Draft<DestinationSettings>;

/** Settings for a destination: whom they are for is essential, each setting stands for itself. */
export const fitDestination = (
  settings: DestinationSettings,
  judge: Judge,
  ledger: Ledger,
): readonly DestinationSettings[] => {
  const { id, clients, target, source } = settings;
  const draft: SettingsDraft = { id, clients, target, ...(source ? { source } : {}) };
  const gone = ledger.settle(id, draft, settingsParts(settings, judge));
  return gone ? [] : [draft];
};

const settingsParts = (settings: DestinationSettings, judge: Judge): Part<SettingsDraft>[] => [
  part({
    capability: 'load-balancing',
    leaf: 'target',
    value: settings,
    source: settings.source,
    essential: true,
    ask: judge.destination,
    put: (draft, kept) => {
      draft.clients = kept.clients;
      draft.target = kept.target;
    },
  }),
  ...optional(settings.loadBalancing, value =>
    part<SettingsDraft, typeof value>({
      capability: capabilityOf.balancing(value),
      leaf: 'loadBalancing',
      value,
      source: value.source ?? settings.source,
      ask: v => judge.loadBalancing(v, settings),
      put: (draft, v) => {
        draft.loadBalancing = v;
      },
    }),
  ),
  ...optional(settings.locality, value =>
    part<SettingsDraft, typeof value>({
      capability: 'locality',
      leaf: 'locality',
      value,
      source: value.source ?? settings.source,
      ask: v => judge.locality(v, settings),
      put: (draft, v) => {
        draft.locality = v;
      },
    }),
  ),
  ...fieldParts<SettingsDraft, NonNullable<DestinationSettings['connectionLimits']>>(settings.connectionLimits, {
    leaf: 'connectionLimits',
    capability: capabilityOf.connectionLimit,
    ask: field => judge.connectionLimit(field as Parameters<Judge['connectionLimit']>[0], settings),
    put: (draft, field, value) => {
      draft.connectionLimits = withField(draft.connectionLimits, field, value);
    },
  }),
  ...fieldParts<SettingsDraft, NonNullable<DestinationSettings['outlierDetection']>>(settings.outlierDetection, {
    leaf: 'outlierDetection',
    capability: capabilityOf.outlier,
    ask: field => judge.outlier(field as Parameters<Judge['outlier']>[0], settings),
    put: (draft, field, value) => {
      draft.outlierDetection = withField(draft.outlierDetection, field, value);
    },
  }),
  ...connectionParts(settings, judge),
];

const connectionParts = (settings: DestinationSettings, judge: Judge): Part<SettingsDraft>[] => [
  ...optional(settings.tls, value =>
    part<SettingsDraft, typeof value>({
      capability: 'upstream-tls',
      leaf: 'tls',
      value,
      source: value.source ?? settings.source,
      ask: v => judge.upstreamTls(v, settings),
      put: (draft, v) => {
        draft.tls = v;
      },
    }),
  ),
  ...optional(settings.retryBudget, value =>
    part<SettingsDraft, typeof value>({
      capability: 'retry-budget',
      leaf: 'retryBudget',
      value,
      source: value.source ?? settings.source,
      ask: v => judge.retryBudget(v, settings),
      put: (draft, v) => {
        draft.retryBudget = v;
      },
    }),
  ),
  ...optional(settings.tunnel, value =>
    part<SettingsDraft, typeof value>({
      capability: 'connection-limits',
      leaf: 'tunnel',
      value,
      source: settings.source,
      ask: v => judge.tunnel(v, settings),
      put: (draft, v) => {
        draft.tunnel = v;
      },
    }),
  ),
  ...optional(settings.proxyProtocol, value =>
    part<SettingsDraft, string>({
      capability: 'connection-limits',
      leaf: 'proxyProtocol',
      value,
      source: settings.source,
      ask: v => judge.proxyProtocol(v, settings),
      put: (draft, v) => {
        draft.proxyProtocol = v;
      },
    }),
  ),
];
