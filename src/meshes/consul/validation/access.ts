import type { EntryField } from '../entry-field.ts';
import { everyone } from '../intentions/intention.ts';
import { tellMethods, tellPath, tellValues } from './requests.ts';
import { type EntryRules, saidOf, type Tell } from './tell.ts';

/** agent/structs/config_entry_intentions.go, 1.21; row 4.12. */
export const serviceIntentions: EntryRules = (spec, tell, name) => {
  const destination = spec.find('destination')?.text('name') ?? name;
  if (destination !== everyone && destination.includes('*'))
    tell('refused', spec.at('destination') ?? spec, 'a star stands alone');
  const sources = spec.list('sources');
  if (sources.length === 0) tell('refused', spec, 'no source is written');
  const seen = new Set<string>();
  for (const source of sources) {
    const caller = source.text('name');
    if (caller === undefined) tell('refused', source, 'a source needs a name');
    if (caller !== undefined && caller !== everyone && caller.includes('*'))
      tell('refused', source.at('name') ?? source, 'a star stands alone');
    const key = ['name', 'peer', 'namespace', 'partition', 'samenessGroup']
      .map(part => source.text(part) ?? '')
      .join('/');
    if (seen.has(key)) tell('refused', source, `\`${caller ?? ''}\` is there twice`);
    seen.add(key);
    if (source.text('samenessGroup') !== undefined)
      tell('enterprise', source, 'sameness groups belong to the Enterprise edition');
    tellDecision(source, destination, tell);
  }
};

const actions = ['allow', 'deny'];

const tellDecision = (source: EntryField, destination: string, tell: Tell): void => {
  const action = source.text('action');
  const permissions = source.list('permissions');
  if (permissions.length === 0 && !actions.includes(action?.toLowerCase() ?? ''))
    tell('refused', source, 'an action is `allow` or `deny`');
  if (permissions.length === 0) return;
  if (action !== undefined)
    tell('refused', source.at('action') ?? source, 'an action and permissions exclude each other');
  if (destination === everyone) tell('refused', source, 'there are no permissions for every service');
  for (const permission of permissions) {
    if (!actions.includes(permission.text('action')?.toLowerCase() ?? ''))
      tell('refused', permission, 'an action is `allow` or `deny`');
    const http = permission.at('http');
    if (!http) {
      tell('refused', permission, 'a permission says what it is about, beside tokens too');
      continue;
    }
    tellPath(http, tell);
    tellMethods(http, tell);
    tellValues(http, 'header', ['present', 'exact', 'prefix', 'suffix', 'contains', 'regex'], tell);
    const said = saidOf(http, ['pathExact', 'pathPrefix', 'pathRegex', 'header', 'methods']);
    if (said.length === 0) tell('refused', http, 'a permission says what it is about');
  }
};

/** agent/structs/config_entry_jwt_provider.go, 1.21. */
export const jwtProvider: EntryRules = (spec, tell) => {
  const keys = spec.at('jsonWebKeySet');
  const sets = keys ? saidOf(keys, ['local', 'remote']) : [];
  if (sets.length !== 1) tell('refused', keys ?? spec, 'keys are `local` or `remote`');
  const local = keys?.at('local');
  if (local && saidOf(local, ['jwks', 'filename']).length !== 1)
    tell('refused', local, 'local keys are a text or a file');
  const text = local?.text('jwks');
  if (local && text !== undefined && !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    tell('refused', local.at('jwks') ?? local, 'keys are written in base64');
  if (keys?.at('remote') && keys.find('remote')?.text('uri') === undefined)
    tell('refused', keys.at('remote') ?? spec, 'remote keys have an address');
  for (const place of spec.list('locations')) {
    if (saidOf(place, ['header', 'queryParam', 'cookie']).length !== 1)
      tell('refused', place, 'a token is in a header, a parameter or a cookie');
  }
};

const escapedSlashes = [
  '',
  'IMPLEMENTATION_SPECIFIC_DEFAULT',
  'KEEP_UNCHANGED',
  'REJECT_REQUEST',
  'UNESCAPE_AND_FORWARD',
  'UNESCAPE_AND_REDIRECT',
];
const underscores = ['', 'ALLOW', 'REJECT_REQUEST', 'DROP_HEADER'];

/** agent/structs/config_entry_mesh.go, 1.21. */
export const mesh: EntryRules = (spec, tell) => {
  const field = spec.find('http', 'incoming', 'requestNormalization');
  const check = (key: string, known: readonly string[]): void => {
    const value = field?.text(key);
    if (field && value !== undefined && !known.includes(value))
      tell('refused', field.at(key) ?? field, `\`${value}\` is none of ${known.slice(1).join(', ')}`);
  };
  check('pathWithEscapedSlashesAction', escapedSlashes);
  check('headersWithUnderscoresAction', underscores);
};

/** agent/structs/config_entry_exports.go, 1.21. */
export const exportedServices: EntryRules = (spec, tell) => {
  for (const service of spec.list('services')) {
    const consumers = service.list('consumers');
    if (service.text('name') === undefined) tell('refused', service, 'a service has a name');
    if (consumers.length === 0) tell('refused', service, 'somebody has to see it');
    for (const consumer of consumers) {
      const said = saidOf(consumer, ['peer', 'partition', 'samenessGroup']);
      if (said.length > 1) tell('refused', consumer, 'a consumer is one of several kinds');
      if (consumer.text('peer') === everyone) tell('refused', consumer, 'peers are named one by one');
      if (said.includes('samenessGroup') || said.includes('partition'))
        tell('enterprise', consumer, 'partitions and sameness groups belong to the Enterprise edition');
    }
  }
};

/** agent/structs/config_entry_sameness_group_ce.go, 1.21. */
export const samenessGroup: EntryRules = (spec, tell) =>
  tell('enterprise', spec, 'sameness groups belong to the Enterprise edition');
