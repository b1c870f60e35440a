import type { Field } from '../../../base/field.ts';
import { written } from '../../../base/source.ts';
import type { ListenerTls } from '../../../model/inventory.ts';

type Versions = Pick<ListenerTls, 'minVersion' | 'maxVersion' | 'ciphers'>;

const word = (name: string): string => `api-gateway.consul.hashicorp.com/tls_${name}`;

/** What `options` of a listener's TLS say to consul-k8s (control-plane/api-gateway/common/constants.go, 2.0). */
export const readTlsOptions = (options: Field): Versions => {
  const [min, max] = [options.text(word('min_version')), options.text(word('max_version'))];
  const ciphers = options.text(word('cipher_suites'));
  for (const [key, field] of options.members())
    if (![word('min_version'), word('max_version'), word('cipher_suites')].includes(key))
      field.leave('options belong to one implementation');
  return {
    ...(min ? { minVersion: written(min, options.at(word('min_version'))) } : {}),
    ...(max ? { maxVersion: written(max, options.at(word('max_version'))) } : {}),
    ...(ciphers ? { ciphers: ciphers.split(',').map(name => name.trim()) } : {}),
  };
};

/** A version of TLS in Consul's spelling, however another mesh spells it; undefined for one that it does not know. */
const tlsVersion = (text: string): string | undefined => {
  const minor = /^TLS_?V?1[._]([0-3])$/i.exec(text)?.[1];
  return minor === undefined ? undefined : `TLSv1_${minor}`;
};

/** Whether versions and ciphers have words: those of IANA, and only below TLS 1.3, which chooses its own. */
export const areSayable = ({ minVersion, maxVersion, ciphers = [] }: Versions): boolean =>
  [minVersion, maxVersion].every(version => !version || tlsVersion(version.value) !== undefined) &&
  ciphers.every(name => /^TLS_[A-Z0-9_]+$/.test(name)) &&
  (ciphers.length === 0 || !minVersion || tlsVersion(minVersion.value) !== 'TLSv1_3');

/** The options that say so. */
export const writeTlsOptions = ({
  minVersion,
  maxVersion,
  ciphers = [],
}: Versions): Readonly<Record<string, string>> => {
  const [min, max] = [minVersion, maxVersion].map(version => version && tlsVersion(version.value));
  return {
    ...(min ? { [word('min_version')]: min } : {}),
    ...(max ? { [word('max_version')]: max } : {}),
    ...(ciphers.length > 0 ? { [word('cipher_suites')]: ciphers.join(',') } : {}),
  };
};
