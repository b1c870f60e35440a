import { load, YAMLException } from 'js-yaml';
import { Field } from '../base/field.ts';

/** YAML that an object keeps as a text (a ConfigMap's entry), as fields whose paths go on from that of the text. */
export type Embedded = { readonly field: Field } | { readonly problem: string };

/**
 * Reads the text at some keys of an object. The text itself counts as read; what nobody reads inside is found by the
 * account of the field given here.
 */
export const embeddedYaml = (root: Field, ...keys: string[]): Embedded | undefined => {
  const text = root.find(...keys)?.asText();
  if (text === undefined) return undefined;
  try {
    const body = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), load(text));
    const field = Field.of(root.object, body).find(...keys);
    return field ? { field } : undefined;
  } catch (error) {
    if (error instanceof YAMLException) return { problem: error.reason };
    throw error;
  }
};
