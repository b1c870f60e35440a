import { defineScalarTag, FAILSAFE_SCHEMA, mergeTag, NOT_RESOLVED } from 'js-yaml';
import { plainValue } from './scalar-value.ts';

type Kind = 'null' | 'bool' | 'int' | 'float';

const kindOf = (value: unknown): Kind | undefined => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'number') return undefined;
  return Number.isInteger(value) ? 'int' : 'float';
};

/** The value of an unquoted scalar as kubectl reads it; see `scalar-value.ts`. */
const plainTag = defineScalarTag<unknown>('tag:yaml.org,2002:plain', {
  implicit: true,
  implicitFirstChars: [...'0123456789+-.~yYnNtTfFoO', ''],
  resolve: source => {
    const value = plainValue(source);
    return typeof value === 'string' ? NOT_RESOLVED : value;
  },
  identify: () => false,
});

/** The same, where the tag is written: `!!int "5"`. */
const explicitTag = (kind: Kind) =>
  defineScalarTag<unknown>(`tag:yaml.org,2002:${kind}`, {
    resolve: source => {
      const value = plainValue(source);
      return kindOf(value) === kind || (kind === 'float' && kindOf(value) === 'int') ? value : NOT_RESOLVED;
    },
    identify: () => false,
  });

const binaryTag = defineScalarTag<string>('tag:yaml.org,2002:binary', {
  resolve: source => Buffer.from(source, 'base64').toString('utf8'),
  identify: () => false,
});

/** Kubernetes' YAML: text, lists and mappings, kubectl's words and numbers, and merge keys. */
export const kubernetesSchema = FAILSAFE_SCHEMA.withTags(
  plainTag,
  explicitTag('null'),
  explicitTag('bool'),
  explicitTag('int'),
  explicitTag('float'),
  binaryTag,
  mergeTag,
);
