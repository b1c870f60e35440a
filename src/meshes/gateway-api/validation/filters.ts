import type { Field } from '../../../base/field.ts';
import { plain, type Tell, tellBackend, tellTwice } from './tell.ts';

/** What a filter of each type holds; it holds nothing else (unions of HTTPRouteFilter and GRPCRouteFilter). */
const holders: Readonly<Record<string, string>> = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  CORS: 'cors',
  ExtensionRef: 'extensionRef',
  ExternalAuth: 'externalAuth',
};

const once = ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'CORS'];

/** The filters of a rule or of one backend. */
export const tellFilters = (filters: readonly Field[], tell: Tell): void => {
  const typed = (type: string): readonly Field[] => filters.filter(filter => plain(filter, 'type') === type);
  for (const filter of filters) tellFilter(filter, tell);
  for (const type of once) {
    for (const filter of typed(type).slice(1)) tell('GWAPI904', filter, `filter \`${type}\` is there twice`);
  }
  const [rewrite] = typed('URLRewrite');
  if (rewrite && typed('RequestRedirect').length > 0) {
    tell('GWAPI902', rewrite, 'a redirect and a rewrite exclude each other');
  }
};

const tellFilter = (filter: Field, tell: Tell): void => {
  const type = plain(filter, 'type');
  const own = holders[type];
  if (own !== undefined && !filter.has(own)) tell('GWAPI903', filter, `a filter of type \`${type}\` needs \`${own}\``);
  for (const holder of Object.values(holders)) {
    const field = filter.at(holder);
    if (field && holder !== own) tell('GWAPI902', field, `\`${holder}\` is not for a filter of type \`${type}\``);
  }
  for (const key of ['requestHeaderModifier', 'responseHeaderModifier']) tellEdits(filter.at(key), tell);
  tellPathModifier(filter.find('requestRedirect', 'path'), tell);
  tellPathModifier(filter.find('urlRewrite', 'path'), tell);
  tellMirror(filter.at('requestMirror'), tell);
  tellCors(filter.at('cors'), tell);
  tellExternalAuth(filter.at('externalAuth'), tell);
};

const tellEdits = (edits: Field | undefined, tell: Tell): void => {
  for (const key of ['set', 'add']) tellTwice(edits?.list(key) ?? [], item => plain(item, 'name'), 'header', tell);
  tellTwice(edits?.list('remove') ?? [], item => String(item.value), 'header', tell);
};

/** `type` and the field that it names stand together. */
const tellPathModifier = (path: Field | undefined, tell: Tell): void => {
  if (!path) return;
  const type = plain(path, 'type');
  for (const [name, key] of [
    ['ReplaceFullPath', 'replaceFullPath'],
    ['ReplacePrefixMatch', 'replacePrefixMatch'],
  ] as const) {
    const field = path.at(key);
    if (type === name && !field) tell('GWAPI903', path, `\`${name}\` needs \`${key}\``);
    if (type !== name && field) tell('GWAPI902', field, `\`${key}\` is not for type \`${type}\``);
  }
};

const tellMirror = (mirror: Field | undefined, tell: Tell): void => {
  const fraction = mirror?.at('fraction');
  if (mirror?.has('percent') && fraction) tell('GWAPI902', fraction, '`percent` and `fraction` exclude each other');
  if (fraction && Number(plain(fraction, 'numerator')) > Number(plain(fraction, 'denominator') || 100)) {
    tell('GWAPI901', fraction, 'the share is above the whole');
  }
  tellBackend(mirror?.at('backendRef'), tell);
};

const tellCors = (cors: Field | undefined, tell: Tell): void => {
  for (const key of ['allowOrigins', 'allowMethods', 'allowHeaders']) {
    const items = cors?.list(key) ?? [];
    const all = items.find(({ value }) => value === '*');
    if (all && items.length > 1) tell('GWAPI902', all, `\`*\` stands alone in \`${key}\``);
    tellTwice(items, item => String(item.value), 'entry', tell);
  }
};

const tellExternalAuth = (auth: Field | undefined, tell: Tell): void => {
  if (!auth) return;
  const protocol = plain(auth, 'protocol');
  for (const [name, key] of [
    ['GRPC', 'grpc'],
    ['HTTP', 'http'],
  ] as const) {
    const field = auth.at(key);
    if (protocol === name && !field) tell('GWAPI903', auth, `protocol \`${name}\` needs \`${key}\``);
    if (protocol !== name && field) tell('GWAPI902', field, `\`${key}\` is not for protocol \`${protocol}\``);
  }
  tellBackend(auth.at('backendRef'), tell);
};
