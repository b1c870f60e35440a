import type { Field } from '../../../base/field.ts';
import { parseDurationMs } from '../../../base/units.ts';
import { re2Problem } from '../../../native/re2.ts';
import type { Tell } from './tell.ts';

/** The forms of text that Istio's webhook checks. Each answers whether a text has the form, or what is wrong with it. */

const label = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const wildcardLabel = /^(?:\*|(?:\*-?)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)$/;
const labelKey =
  /^(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*\/)?(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const headerName = /^[-!#$%&'*+.^_`|~A-Za-z0-9]+$/;
const strictHeaderName = /^[-_A-Za-z0-9]+$/;
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** A DNS label, in either case: Istio is wider here than Kubernetes. */
export const isDnsLabel = (text: string): boolean => text.length <= 63 && label.test(text);

const areDnsLabels = (domain: string): boolean => {
  const parts = domain.split('.');
  const last = parts.at(-1) ?? '';
  if (/^[-+]?\d+$/.test(last)) return false;
  return parts.every((part, index) => isDnsLabel(part) || (part === '' && index === parts.length - 1));
};

/** A full host name without a wildcard. */
export const isHostName = (text: string): boolean => text.length > 0 && text.length <= 255 && areDnsLabels(text);

/** A host name whose first label may be, or begin with, a wildcard. */
export const isWildcardHost = (text: string): boolean => {
  if (text.length === 0 || text.length > 255) return false;
  const dot = text.indexOf('.');
  const first = dot < 0 ? text : text.slice(0, dot);
  return first.length <= 63 && wildcardLabel.test(first) && (dot < 0 || areDnsLabels(text.slice(dot + 1)));
};

const isIpv6 = (text: string): boolean => {
  const [address = '', zone] = text.split('%');
  if (zone === '' || !/^[0-9a-fA-F:.]+$/.test(address)) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const embedded = tail.includes('.');
  if (embedded && !ipv4.test(tail)) return false;
  const count = groups.length + (embedded ? 1 : 0);
  const hex = embedded ? groups.slice(0, -1) : groups;
  return hex.every(group => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
};

export const isIp = (text: string): boolean => ipv4.test(text) || isIpv6(text);

/** An address, or a range of them as `10.0.0.0/8`. */
export const isIpOrRange = (text: string): boolean => {
  const [address = '', length, ...more] = text.split('/');
  if (length === undefined) return isIp(address);
  if (more.length > 0 || !/^(?:0|[1-9]\d*)$/.test(length) || address.includes('%')) return false;
  return isIp(address) && Number(length) <= (ipv4.test(address) ? 32 : 128);
};

export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65535;

/** What a path must be after `unix://`: absolute and a file, or the name of an abstract socket. */
export const isUnixPath = (path: string): boolean =>
  path.startsWith('@') || (path.startsWith('/') && !path.endsWith('/'));

export const isHeaderName = (text: string): boolean => headerName.test(text);
export const isStrictHeaderName = (text: string): boolean => strictHeaderName.test(text);

export const tellPort = (field: Field | undefined, tell: Tell): void => {
  const port = field?.asNumber();
  if (field && port !== undefined && !isPort(port)) tell('ISTIO906', field, `\`${port}\` is no port from 1 to 65535`);
};

/** Durations of at least one whole millisecond; `zero`: nothing at all may be written too. */
export const tellDuration = (field: Field | undefined, tell: Tell, zero = false): void => {
  const text = field?.asText();
  if (!field || text === undefined) return;
  const duration = parseDurationMs(text);
  if (duration === undefined) {
    tell('ISTIO907', field, `\`${text}\` is no duration`, 'write a number with a unit, as in `1.5s`');
  } else if (!(zero && duration === 0) && (duration < 1 || !Number.isInteger(duration))) {
    tell('ISTIO906', field, `\`${text}\` is not a whole number of milliseconds of at least one`);
  }
};

export const tellLabels = (labels: Field | undefined, tell: Tell): void => {
  for (const [key, value] of labels?.members() ?? []) {
    const text = value.asText() ?? '';
    const [prefix] = key.includes('/') ? key.split('/') : [''];
    const name = key.slice(key.indexOf('/') + 1);
    if (!labelKey.test(key) || name.length > 63 || (prefix?.length ?? 0) > 252)
      tell('ISTIO907', value, `\`${key}\` is no name of a label`);
    if (!labelValue.test(text) || text.length > 63) tell('ISTIO907', value, `\`${text}\` is no value of a label`);
  }
};

/** A regular expression that Istio compiles: RE2, not empty, not longer than 1024 bytes. */
export const tellRegex = (field: Field, tell: Tell): void => {
  const pattern = field.asText();
  if (pattern === undefined) return;
  if (pattern === '') tell('ISTIO907', field, 'a regular expression may not be empty');
  else if (pattern.length > 1024) tell('ISTIO906', field, 'a regular expression may have 1024 characters at most');
  else {
    const problem = re2Problem(pattern);
    if (problem) tell('ISTIO907', field, `\`${pattern}\` is no RE2 expression: ${problem}`);
  }
};

const protocols = new Set([
  'tcp',
  'udp',
  'grpc',
  'grpc-web',
  'http',
  'http_proxy',
  'http2',
  'https',
  'tls',
  'mongo',
  'redis',
  'mysql',
]);
const httpProtocols = new Set(['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']);

export const isProtocol = (text: string): boolean => protocols.has(text.toLowerCase());
export const isHttpProtocol = (text: string): boolean => httpProtocols.has(text.toLowerCase());
export const isTlsProtocol = (text: string): boolean => /^(?:https|tls)$/i.test(text);
