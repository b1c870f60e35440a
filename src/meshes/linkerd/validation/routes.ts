import { Field } from '../../../base/field.ts';
import { parseDurationMs } from '../../../base/units.ts';
import type { NativeObject } from '../../../native/snapshot.ts';
import { isExpression } from '../regex.ts';
import { isBad, readResilience } from '../routing/retry-annotations.ts';
import { isKind, isPolicyKind, type KindRules, type Tell } from './tell.ts';

const parentsOf = (spec: Field): readonly Field[] => spec.list('parentRefs');

/** A parent without a group is of Gateway API there, which the API server fills in. */
const isServiceParent = (ref: Field): boolean => ref.has('group') && isKind(ref, '', 'Service');

const tellEgressParents = (spec: Field, tell: Tell): void => {
  for (const ref of parentsOf(spec)) {
    if (isPolicyKind(ref, 'EgressNetwork') && !ref.has('port')) {
      tell('LINKERD905', ref, 'an EgressNetwork is referred to with a port');
    }
  }
};

/** Annotations count, and are looked at, where the route is on a Service or an EgressNetwork. */
const tellAnnotations = (spec: Field, { ref, body }: NativeObject, protocol: 'http' | 'grpc', tell: Tell): void => {
  if (!parentsOf(spec).some(ref => isServiceParent(ref) || isPolicyKind(ref, 'EgressNetwork'))) return;
  const read = readResilience(Field.of(ref, body).find('metadata', 'annotations'), protocol);
  if (isBad(read)) tell('LINKERD903', read.field, `\`${String(read.field.value)}\`: ${read.reason}`);
};

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible ASCII, spaces and tabs, and what is beyond ASCII. */
const headerValue = /^[\t\x20-\x7e\u0080-\u{10ffff}]*$/u;

const tellHeader = (item: Field, tell: Tell): void => {
  const [name, value] = [item.at('name'), item.at('value')];
  if (name && !headerName.test(String(name.value))) tell('LINKERD903', name, 'no header has such a name');
  if (value && item.at('type')?.value !== 'RegularExpression' && !headerValue.test(String(value.value))) {
    tell('LINKERD903', value, 'no header has such a value');
  }
};

const tellExpression = (item: Field, tell: Tell): void => {
  const value = item.at('value');
  if (!value || item.at('type')?.value !== 'RegularExpression' || isExpression(String(value.value))) return;
  tell('LINKERD903', value, `\`${String(value.value)}\` is no expression that Linkerd can compile`);
};

/** Paths are absolute, expressions compile, names are names (policy-controller routes/http.rs `try_match`, 2.20). */
const tellHttpMatch = (match: Field, tell: Tell): void => {
  const path = match.at('path');
  if (path && path.at('type')?.value === 'RegularExpression') tellExpression(path, tell);
  else tellAbsolute(path?.at('value'), tell);
  for (const item of match.list('headers')) {
    tellHeader(item, tell);
    tellExpression(item, tell);
  }
  for (const item of match.list('queryParams')) tellExpression(item, tell);
};

const tellGrpcMatch = (match: Field, tell: Tell): void => {
  const type = match.find('method', 'type');
  if (type?.value === 'RegularExpression') tell('LINKERD903', type, 'gRPC methods are matched exactly or not at all');
  for (const item of match.list('headers')) {
    tellHeader(item, tell);
    tellExpression(item, tell);
  }
};

const tellAbsolute = (path: Field | undefined, tell: Tell): void => {
  if (path && !String(path.value).startsWith('/'))
    tell('LINKERD903', path, `\`${String(path.value)}\` is no absolute path`);
};

/** A filter that Linkerd does not know passes admission; one that it knows has to be in order. */
const tellFilter = (filter: Field, tell: Tell): void => {
  for (const key of ['requestHeaderModifier', 'responseHeaderModifier']) {
    const edits = filter.at(key);
    for (const item of [...(edits?.list('set') ?? []), ...(edits?.list('add') ?? [])]) tellHeader(item, tell);
    for (const name of edits?.list('remove') ?? []) {
      if (!headerName.test(String(name.value))) tell('LINKERD903', name, 'no header has such a name');
    }
  }
  const path = filter.find('requestRedirect', 'path');
  if (!path) return;
  const [full, prefix] = [path.at('replaceFullPath'), path.at('replacePrefixMatch')];
  if (full ?? prefix) tellAbsolute(full ?? prefix, tell);
  else tell('LINKERD905', path, 'a redirect to another path says which');
};

/** Backends of other kinds are let through for the sake of others who act on the route. */
const tellBackend = (backend: Field, tell: Tell): void => {
  const group = String(backend.at('group')?.value ?? '');
  const kind = String(backend.at('kind')?.value ?? 'Service');
  if (kind !== 'Service' || (group !== '' && group !== 'core')) return;
  const port = backend.at('port');
  if (!port || port.value === 0) tell('LINKERD905', port ?? backend, 'a Service is referred to with a port');
};

/** No timeout is negative, and that of one try is not above that of the request. */
const tellTimeouts = (timeouts: Field | undefined, tell: Tell): void => {
  const [whole, perTry] = ['request', 'backendRequest'].map(key => timeouts?.at(key));
  const ms = (field: Field | undefined): number | undefined => field && parseDurationMs(String(field.value));
  for (const field of [whole, perTry]) {
    if (!field) continue;
    const value = ms(field);
    if (value === undefined) tell('LINKERD903', field, `\`${String(field.value)}\` is no duration`);
    else if (value < 0) tell('LINKERD903', field, 'a timeout is not below zero');
  }
  if (perTry && (ms(perTry) ?? 0) > (ms(whole) ?? Number.POSITIVE_INFINITY)) {
    tell('LINKERD902', perTry, '`backendRequest` is above `request`');
  }
};

const routeOf =
  (protocol: 'http' | 'grpc', rules: (rule: Field, tell: Tell) => void): KindRules =>
  (spec, tell, object) => {
    tellEgressParents(spec, tell);
    tellAnnotations(spec, object, protocol, tell);
    for (const rule of spec.list('rules')) {
      for (const match of rule.list('matches')) (protocol === 'grpc' ? tellGrpcMatch : tellHttpMatch)(match, tell);
      for (const filter of rule.list('filters')) tellFilter(filter, tell);
      rules(rule, tell);
    }
  };

/** Linkerd's own HTTPRoute: what it does not understand at all is refused by its schema. */
export const policyHttpRoute = routeOf('http', (rule, tell) => tellTimeouts(rule.at('timeouts'), tell));

const tellBackends = (rule: Field, tell: Tell): void => {
  for (const backend of rule.list('backendRefs')) tellBackend(backend, tell);
};

export const gatewayHttpRoute = routeOf('http', tellBackends);
export const grpcRoute = routeOf('grpc', tellBackends);

export const bytesRoute: KindRules = (spec, tell, { ref }) => {
  tellEgressParents(spec, tell);
  const rules = spec.at('rules');
  // Without any the object cannot be parsed, and what cannot be parsed of a shared kind is let through.
  if (rules && rules.items().length !== 1) tell('LINKERD905', rules, `a ${ref.kind} has exactly one rule`);
};
