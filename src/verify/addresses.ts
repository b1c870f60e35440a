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

const parseAddress = (text: string): Address | undefined => {
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
