import type { Field } from '../../../base/field.ts';
import type { Tell } from './tell.ts';

/** A range of addresses as its first bits; an address alone is a range of one. */
interface Range {
  readonly bits: string;
  readonly size: 32 | 128;
}

const binary = (value: number, width: number): string => value.toString(2).padStart(width, '0');

const v4Bits = (text: string): string | undefined => {
  const parts = text.split('.');
  const isPlain = parts.length === 4 && parts.every(part => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return isPlain ? parts.map(part => binary(Number(part), 8)).join('') : undefined;
};

const v6Bits = (text: string): string | undefined => {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map(half => (half === '' ? [] : half.split(':')));
  const [before = [], after = []] = groups;
  const given = before.length + after.length;
  if (halves.length === 2 ? given > 7 : given !== 8) return undefined;
  const all = [...before, ...Array.from({ length: 8 - given }, () => '0'), ...after];
  if (!all.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.map(group => binary(Number.parseInt(group, 16), 16)).join('');
};

/** Undefined for what is neither an address nor a range in CIDR notation (policy-controller k8s/api `Cidr`, 2.20). */
const rangeOf = (text: string): Range | undefined => {
  const [address = '', length, ...rest] = text.split('/');
  const bits = v4Bits(address) ?? v6Bits(address);
  if (bits === undefined || rest.length > 0) return undefined;
  const size = bits.length === 32 ? 32 : 128;
  if (length === undefined) return { bits, size };
  if (!/^\d{1,3}$/.test(length) || Number(length) > size) return undefined;
  return { bits: bits.slice(0, Number(length)), size };
};

const holds = (outer: Range, inner: Range): boolean => outer.size === inner.size && inner.bits.startsWith(outer.bits);

/**
 * `networks[].{cidr,except}`: exceptions lie inside their network and leave something of it (policy-controller
 * `validate_networks`, 2.20).
 */
export const tellNetworks = (networks: readonly Field[], tell: Tell): void => {
  for (const network of networks) {
    const cidr = network.at('cidr');
    const range = rangeIn(cidr, tell);
    for (const field of network.list('except')) {
      const except = rangeIn(field, tell);
      if (!range || !except || !cidr) continue;
      const [whole, part] = [`\`${String(cidr.value)}\``, `\`${String(field.value)}\``];
      if (holds(except, range)) tell('LINKERD904', field, `the exception ${part} leaves nothing of ${whole}`);
      else if (!holds(range, except)) tell('LINKERD904', field, `the exception ${part} is not a part of ${whole}`);
    }
  }
};

const rangeIn = (field: Field | undefined, tell: Tell): Range | undefined => {
  if (!field) return undefined;
  const range = rangeOf(String(field.value));
  if (!range) tell('LINKERD904', field, `\`${String(field.value)}\` is neither an address nor a range of addresses`);
  return range;
};
