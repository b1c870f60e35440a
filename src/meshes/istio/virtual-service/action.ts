import type { Field } from '../../../base/field.ts';
import { proxyDefault, written } from '../../../base/source.ts';
import type { Redirect } from '../../../model/capabilities/redirect.ts';
import type { Retries } from '../../../model/capabilities/retries.ts';
import type { Rewrite } from '../../../model/capabilities/rewrite.ts';
import type { Timeouts } from '../../../model/capabilities/timeouts.ts';
import type { Action, Target } from '../../../model/frontend.ts';
import { readBackends, withHeaders } from './backends.ts';
import { readCors } from './cors.ts';
import type { FindBackend } from './destinations.ts';
import { durationOf } from './duration.ts';
import { readFault } from './fault.ts';
import { type Edits, readEdits } from './header-edits.ts';
import { readMirrors } from './mirrors.ts';
import { readRetries } from './retries.ts';

/**
 * Where an action is written: the rule itself, and for a delegate the parent's rule behind it, whose settings it
 * inherits one by one (observed, row 2.12).
 */
export interface Written {
  readonly rule: Field;
  readonly parent?: Field;
}

type Part = (key: string) => Field | undefined;

/** One element of `http[]` without its match. `defaultRetries`: what the mesh does when the rule says nothing. */
export const readAction = (id: string, at: Written, findBackend: FindBackend, defaultRetries: Retries): Action => {
  const part: Part = key => at.rule.at(key) ?? at.parent?.at(key);
  const name = [at.parent?.text('name'), at.rule.text('name')].filter(Boolean).join('-');
  const fault = readFault(part('fault'));
  const edits = readEdits(part('headers'));
  const target = answerOf(at.rule, part);
  return {
    id,
    ...(name === '' ? {} : { name }),
    ...(target ? answering(target, edits, part) : forwarding(at.rule, edits, part, findBackend, defaultRetries)),
    ...(fault ? { fault } : {}),
    source: at.rule,
  };
};

/** A redirect before a response of the proxy's own; only the latter is inherited. */
const answerOf = (rule: Field, part: Part): Target | undefined => {
  const redirect = rule.at('redirect');
  if (redirect) return { kind: 'redirect', redirect: readRedirect(redirect) };
  const direct = part('directResponse');
  if (!direct) return undefined;
  const body = direct.find('body')?.text('string') ?? decodeBytes(direct.find('body', 'bytes'));
  const status = direct.number('status') ?? 200;
  return { kind: 'respond', response: { status, ...(body === undefined ? {} : { body }), source: direct } };
};

const decodeBytes = (field: Field | undefined): string | undefined => {
  const text = field?.asText();
  return text === undefined ? undefined : `base64:${text}`;
};

/** What is said of the way to a destination has no effect on a rule that answers by itself. */
const answering = (target: Target, edits: Edits, part: Part): Pick<Action, 'target' | 'responseHeaders'> => {
  for (const key of ['route', 'timeout', 'retries', 'rewrite', 'mirror', 'mirrors', 'mirrorPercentage']) {
    part(key)?.leave('the rule answers by itself and sends nothing on');
  }
  part('headers')?.at('request')?.leave('the rule answers by itself and sends nothing on');
  // Observed, Envoy 1.40: neither preflights are answered nor headers added where the proxy answers by itself.
  part('corsPolicy')?.leave('the rule answers by itself, and then the proxy does nothing for CORS');
  return { target, ...(edits.response ? { responseHeaders: edits.response } : {}) };
};

const forwarding = (
  rule: Field,
  edits: Edits,
  part: Part,
  findBackend: FindBackend,
  defaultRetries: Retries,
): Omit<Action, 'id' | 'name' | 'fault' | 'source'> => {
  const { backends, host, ...headers } = withHeaders(edits, readBackends(rule.list('route'), findBackend));
  const mirrors = readMirrors(part, findBackend);
  const rewrite = readRewrite(part('rewrite'), host, rule);
  const timeouts = readTimeouts(part);
  const cors = readCors(part('corsPolicy'));
  return {
    target: { kind: 'forward', backends },
    ...(cors ? { cors } : {}),
    ...(timeouts ? { timeouts } : {}),
    retries: readRetries(part('retries'), defaultRetries),
    ...(mirrors.length > 0 ? { mirrors } : {}),
    ...headers,
    ...(rewrite ? { rewrite } : {}),
  };
};

/** The timeout of one try is part of the retries, and there is none without them. */
const readTimeouts = (part: Part): Timeouts | undefined => {
  const request = durationOf(part('timeout'));
  const retries = part('retries');
  const perTry = (retries?.number('attempts') ?? 0) > 0 ? durationOf(retries?.at('perTryTimeout')) : undefined;
  if (!request && !perTry) return undefined;
  return { ...(request ? { request } : {}), ...(perTry ? { perTry } : {}) };
};

/** `rewrite` goes before a Host that `headers` writes. */
const readRewrite = (field: Field | undefined, edited: string | undefined, rule: Field): Rewrite | undefined => {
  const host = field?.text('authority') || edited;
  const uri = field?.text('uri') || undefined;
  const regex = field?.at('uriRegexRewrite');
  const pattern = regex?.text('match');
  const substitution = regex?.text('rewrite') ?? '';
  if (host === undefined && uri === undefined && pattern === undefined) return undefined;
  if (pattern !== undefined) field?.at('uri')?.leave('`uriRegexRewrite` counts in its place');
  return {
    ...(host === undefined ? {} : { host }),
    ...(uri === undefined ? {} : { path: { kind: 'prefix' as const, value: uri } }),
    ...(pattern === undefined ? {} : { path: { kind: 'regex' as const, pattern, substitution } }),
    source: field ?? rule.at('headers') ?? rule,
  };
};

/** A redirect keeps the query; 301 unless said otherwise (observed, row 11.7). */
const readRedirect = (field: Field): Redirect => {
  const prefix = field.text('prefixRewrite') || undefined;
  const uri = field.text('uri') || undefined;
  const hostname = field.text('authority') || undefined;
  const scheme = field.text('scheme') || undefined;
  const port = field.number('port');
  const derive = field.text('derivePort');
  const code = field.at('redirectCode');
  const status = code?.asNumber();
  if (prefix !== undefined) field.at('uri')?.leave('`prefixRewrite` counts in its place');
  return {
    status: status ? written(status, code) : proxyDefault(301),
    ...(scheme === undefined ? {} : { scheme }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(port === undefined ? {} : { port }),
    ...(derive === 'FROM_PROTOCOL_DEFAULT' ? { portFrom: 'scheme' as const } : {}),
    ...(derive === 'FROM_REQUEST_PORT' ? { portFrom: 'request' as const } : {}),
    ...(uri === undefined ? {} : { path: { kind: 'full' as const, value: uri } }),
    ...(prefix === undefined ? {} : { path: { kind: 'prefix' as const, value: prefix } }),
    source: field,
  };
};
