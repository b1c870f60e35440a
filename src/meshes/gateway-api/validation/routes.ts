import type { Field } from '../../../base/field.ts';
import { parseDurationMs } from '../../../base/units.ts';
import { tellFilters } from './filters.ts';
import { type KindRules, plain, type Tell, tellBackend, tellReferences, tellTwice } from './tell.ts';

/** Of all rules together (HTTPRouteSpec.rules, GRPCRouteSpec.rules). */
const mostMatches = 128;

const routeRules =
  (tellRule: (rule: Field, tell: Tell) => void): KindRules =>
  (spec, tell) => {
    tellReferences(spec.list('parentRefs'), ['sectionName', 'port'], tell);
    const rules = spec.list('rules');
    tellTwice(rules, rule => plain(rule, 'name'), 'rule', tell);
    // A rule that says nothing has one match, which is put there.
    const matches = rules.reduce((sum, rule) => sum + (rule.has('matches') ? rule.list('matches').length : 1), 0);
    const list = spec.at('rules');
    if (list && matches > mostMatches) tell('GWAPI901', list, `${matches} matches are more than ${mostMatches}`);
    for (const rule of rules) {
      for (const backend of rule.list('backendRefs')) tellBackend(backend, tell);
      tellRule(rule, tell);
    }
  };

const tellMatchLists = (match: Field, tell: Tell): void => {
  for (const key of ['headers', 'queryParams']) tellTwice(match.list(key), item => plain(item, 'name'), key, tell);
};

const tellAllFilters = (rule: Field, tell: Tell): void => {
  tellFilters(rule.list('filters'), tell);
  for (const backend of rule.list('backendRefs')) tellFilters(backend.list('filters'), tell);
};

/** Nothing in a path may mean another path, or not a path at all (HTTPPathMatch). */
const forbidden = /\/\/|\/\.\.?(?:\/|$)|%2f|%2F|#/;
const pathText = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;

const tellPath = (path: Field | undefined, tell: Tell): void => {
  const value = path?.at('value');
  if (!path || !value || plain(path, 'type') === 'RegularExpression') return;
  const text = String(value.value);
  if (!text.startsWith('/')) tell('GWAPI901', value, `\`${text}\` does not begin with \`/\``);
  else if (forbidden.test(text)) tell('GWAPI901', value, `\`${text}\` is not in its plain form`);
  else if (!pathText.test(text)) tell('GWAPI901', value, `\`${text}\` holds characters that no path has`);
};

/** The prefix that was matched can be replaced where one match says which prefix that is. */
const tellPrefixReplacement = (rule: Field, filters: readonly Field[], tell: Tell): void => {
  const matches = rule.list('matches');
  const type = plain(matches[0]?.at('path'), 'type') || 'PathPrefix';
  const hasOnePrefix = !rule.has('matches') || (matches.length === 1 && type === 'PathPrefix');
  if (hasOnePrefix) return;
  for (const filter of filters) {
    for (const key of ['requestRedirect', 'urlRewrite']) {
      const path = filter.find(key, 'path');
      if (path && plain(path, 'type') === 'ReplacePrefixMatch') {
        tell('GWAPI902', path, 'replacing a prefix needs a rule with exactly one match, of a prefix');
      }
    }
  }
};

const tellTimeouts = (timeouts: Field | undefined, tell: Tell): void => {
  const [whole, perTry] = ['request', 'backendRequest'].map(key => timeouts?.at(key));
  const [most, one] = [whole, perTry].map(field => field && parseDurationMs(String(field.value)));
  if (perTry && most && one !== undefined && one > most) {
    tell('GWAPI901', perTry, '`backendRequest` is above `request`');
  }
};

const tellSession = (session: Field | undefined, tell: Tell): void => {
  if (!session) return;
  const type = plain(session, 'type') || 'Cookie';
  const [cookie, header] = ['cookie', 'header'].map(key => session.at(key));
  if (cookie && type !== 'Cookie') tell('GWAPI902', cookie, '`cookie` is not for sessions by header');
  if (header && type !== 'Header') tell('GWAPI902', header, '`header` is not for sessions by cookie');
  if (!session.has(type.toLowerCase())) tell('GWAPI903', session, `type \`${type}\` needs \`${type.toLowerCase()}\``);
  if (plain(cookie, 'lifetimeType') === 'Permanent' && !session.has('absoluteTimeout')) {
    tell('GWAPI903', session, 'a permanent cookie needs `absoluteTimeout`');
  }
};

export const httpRoute = routeRules((rule, tell) => {
  for (const match of rule.list('matches')) {
    tellPath(match.at('path'), tell);
    tellMatchLists(match, tell);
  }
  const filters = rule.list('filters');
  tellAllFilters(rule, tell);
  const [redirect] = filters.filter(
    filter => plain(filter, 'type') === 'RequestRedirect' && filter.has('requestRedirect'),
  );
  if (redirect && rule.list('backendRefs').length > 0) {
    tell('GWAPI902', redirect, 'a redirect sends nothing to the backends of its rule');
  }
  tellPrefixReplacement(rule, filters, tell);
  for (const backend of rule.list('backendRefs')) tellPrefixReplacement(rule, backend.list('filters'), tell);
  tellTimeouts(rule.at('timeouts'), tell);
  tellSession(rule.at('sessionPersistence'), tell);
});

const grpcService = /^\.?[a-z_][a-z_0-9]*(?:\.[a-z_][a-z_0-9]*)*$/i;
const grpcMethod = /^[A-Za-z_][A-Za-z_0-9]*$/;

export const grpcRoute = routeRules((rule, tell) => {
  for (const match of rule.list('matches')) {
    const method = match.at('method');
    tellMatchLists(match, tell);
    if (!method) continue;
    const [service, name] = ['service', 'method'].map(key => method.at(key));
    if (!service && !name) tell('GWAPI903', method, 'a method match names a service or a method');
    if (plain(method, 'type') === 'RegularExpression') continue;
    if (service && !grpcService.test(String(service.value))) tell('GWAPI901', service, 'no service has such a name');
    if (name && !grpcMethod.test(String(name.value))) tell('GWAPI901', name, 'no method has such a name');
  }
  tellAllFilters(rule, tell);
  tellSession(rule.at('sessionPersistence'), tell);
});

/** A rule of TCPRoute or TLSRoute has a backend (`backendRefs`: required, one at least). */
export const bytesRoute = routeRules((rule, tell) => {
  if (rule.list('backendRefs').length === 0) tell('GWAPI903', rule, 'a rule for connections names a backend');
});

const serverName = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const isAddress = (text: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(text) || text.includes(':');

/** Server names are DNS names, with a `*` for their first label at most, and no addresses (TLSRouteSpec.hostnames). */
export const tlsRoute: KindRules = (spec, tell) => {
  bytesRoute(spec, tell);
  for (const field of spec.list('hostnames')) {
    const text = String(field.value);
    if (isAddress(text) || !serverName.test(text)) tell('GWAPI901', field, `\`${text}\` is no server name`);
  }
};
