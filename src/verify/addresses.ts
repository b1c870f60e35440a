/** IP addresses and ranges, both versions, as bits. */

interface Address {
  readonly bits: bigint;
  readonly width: 32 | 128;
}

const parseV4 = (text: string): bigint | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
};

/** The eight groups of an IPv6 address; a dotted tail counts as two of them. */
const parseV6 = (text: string): bigint | undefined => {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = dotted ? parseV4(dotted[2] ?? '') : undefined;
  if (dotted && tail === undefined) return undefined;
  const plain = dotted
    ? `${dotted[1]}${((tail ?? 0n) >> 16n).toString(16)}:${((tail ?? 0n) & 0xffffn).toString(16)}`
    : text;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] => (half ? half.split(':') : []);
  const head = groups(halves[0]);
  const rest = groups(halves[1]);
  const missing = 8 - head.length - rest.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  let bits = 0n;
  for (const group of [...head, ...Array<string>(missing).fill('0'), ...rest]) {
    if (!/^[0-9A-Fa-f]{1,4}$/.test(group)) return undefined;
    bits = (bits << 16n) | BigInt(`0x${group}`);
  }
  return bits;
};

/** What every address is written in; most texts that are asked about are names. */
const looksLikeOne = /^\[?[\d.]+\]?$|:/;

const parseAddress = (text: string): Address | undefined => {
  if (!looksLikeOne.test(text)) return undefined;
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  const v4 = parseV4(bare);
  if (v4 !== undefined) return { bits: v4, width: 32 };
  const v6 = bare.includes(':') ? parseV6(bare) : undefined;
  return v6 === undefined ? undefined : { bits: v6, width: 128 };
};

export const isAddress = (text: string): boolean => parseAddress(text) !== undefined;

/** Whether an address lies in a range; a range without `/` is that one address. Text that is no address is in none. */
export const inRange = (cidr: string, address: string): boolean => {
  const slash = cidr.indexOf('/');
  const range = parseAddress(slash < 0 ? cidr : cidr.slice(0, slash));
  const candidate = parseAddress(address);
  if (!range || !candidate || range.width !== candidate.width) return false;
  const length = slash < 0 ? range.width : Number(cidr.slice(slash + 1));
  if (!Number.isInteger(length) || length < 0 || length > range.width) return false;
  const shift = BigInt(range.width - length);
  return range.bits >> shift === candidate.bits >> shift;
};

/** Whether a range holds every address of its version, so that it needs no known address. */
export const isEverywhere = (cidr: string): boolean => /\/0$/.test(cidr);

const v4Text = (bits: bigint): string => [24n, 16n, 8n, 0n].map(shift => (bits >> shift) & 255n).join('.');

const v6Text = (bits: bigint): string =>
  Array.from({ length: 8 }, (_, group) => ((bits >> BigInt(112 - 16 * group)) & 0xffffn).toString(16)).join(':');

/**
 * The first address of a range and the first behind it. Ranges lie in one another or apart, so that whatever sets of
 * addresses can be made of several ranges, each that is not empty holds one of these or an address of no range.
 */
export const bordersOf = (cidr: string): readonly string[] => {
  const slash = cidr.indexOf('/');
  const range = parseAddress(slash < 0 ? cidr : cidr.slice(0, slash));
  if (!range) return [];
  const length = slash < 0 ? range.width : Number(cidr.slice(slash + 1));
  if (!Number.isInteger(length) || length < 0 || length > range.width) return [];
  const size = 1n << BigInt(range.width - length);
  const first = (range.bits / size) * size;
  const text = range.width === 32 ? v4Text : v6Text;
  return first + size < 1n << BigInt(range.width) ? [text(first), text(first + size)] : [text(first)];
};
