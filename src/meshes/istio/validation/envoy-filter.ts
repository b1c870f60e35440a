import type { Field } from '../../../base/field.ts';
import { tellPort, tellRegex } from './forms.ts';
import { tellSelector } from './targets.ts';
import type { KindRules, Tell } from './tell.ts';

/** What a patch matches on, by what it is applied to. */
const matchFor: Readonly<Record<string, string>> = {
  LISTENER: 'listener',
  FILTER_CHAIN: 'listener',
  NETWORK_FILTER: 'listener',
  HTTP_FILTER: 'listener',
  ROUTE_CONFIGURATION: 'routeConfiguration',
  VIRTUAL_HOST: 'routeConfiguration',
  HTTP_ROUTE: 'routeConfiguration',
  CLUSTER: 'cluster',
};

const matches = ['listener', 'routeConfiguration', 'cluster', 'waypoint'];
const httpManagers = new Set(['envoy.filters.network.http_connection_manager', 'envoy.http_connection_manager']);

/** What a patch puts into the proxy is not looked at: that would take the whole API of Envoy. */
export const envoyFilter: KindRules = (spec, tell) => {
  tellSelector(spec.find('workloadSelector', 'labels'), tell);
  if (spec.has('workloadSelector') && spec.has('targetRefs')) {
    tell('ISTIO905', spec, 'only one of `workloadSelector` and `targetRefs` may be set');
  }
  for (const patch of spec.list('configPatches')) tellPatch(patch, tell);
};

const tellPatch = (patch: Field, tell: Tell): void => {
  const match = patch.at('match');
  const isWaypoint = match?.text('context') === 'WAYPOINT';
  if (match && isWaypoint !== match.has('waypoint')) {
    tell('ISTIO905', match, '`context: WAYPOINT` and a match by `waypoint` go together');
  }
  if (isWaypoint) {
    tellPort(match?.find('waypoint', 'portNumber'), tell);
    return;
  }
  const target = patch.text('applyTo') ?? 'INVALID';
  if (target === 'INVALID') tell('ISTIO904', patch, '`applyTo` is required');
  tellChange(patch, tell);
  const version = match?.find('proxy', 'proxyVersion');
  if (version?.asText()) tellRegex(version, tell);
  const wanted = matchFor[target];
  const other = matches.find(name => name !== wanted && match?.has(name));
  if (match && wanted && other)
    tell('ISTIO909', match, `a patch of ${target} matches by \`${wanted}\`, not by \`${other}\``);
  if (wanted === 'listener') tellFilterMatch(match?.find('listener', 'filterChain', 'filter'), target, tell);
};

const tellChange = (patch: Field, tell: Tell): void => {
  const change = patch.at('patch');
  const operation = change?.text('operation') ?? 'INVALID';
  if (!change) tell('ISTIO904', patch, '`patch` is required');
  else if (operation === 'INVALID') tell('ISTIO904', change, '`operation` is required');
  else if (operation !== 'REMOVE' && !change.has('value')) {
    tell('ISTIO904', change, `\`value\` is required for ${operation}`);
  }
};

const tellFilterMatch = (filter: Field | undefined, target: string, tell: Tell): void => {
  if (!filter) return;
  const name = filter.text('name') ?? '';
  if (name === '') tell('ISTIO904', filter, '`name` is required');
  const inner = filter.at('subFilter');
  if (!inner || name === '') return;
  if (target !== 'HTTP_FILTER') tell('ISTIO909', inner, '`subFilter` is for patches of HTTP_FILTER');
  else if (!httpManagers.has(name)) tell('ISTIO909', inner, '`subFilter` is within the HTTP connection manager');
  else if (!inner.text('name')) tell('ISTIO904', inner, '`name` is required');
};
