const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The UTF-8 bytes of a text. */
const bytesOf = (text: string): readonly number[] =>
  [...encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|[^%]/g)].map(([all, hex]) =>
    hex === undefined ? all.charCodeAt(0) : Number.parseInt(hex, 16),
  );

/** A text as base64 of its UTF-8 bytes, padded (RFC 4648, section 4). */
export const toBase64 = (text: string): string => {
  const bytes = bytesOf(text);
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const digits = [18, 12, 6, 0].map(shift => alphabet[(bits >> shift) & 63]);
    out += digits.slice(0, b === undefined ? 2 : c === undefined ? 3 : 4).join('');
    out += '='.repeat(b === undefined ? 2 : c === undefined ? 1 : 0);
  }
  return out;
};

/** The text behind base64; undefined if it is none, or its bytes are no UTF-8. */
export const fromBase64 = (encoded: string): string | undefined => {
  const digits = encoded.replace(/=+$/, '');
  if (/[^A-Za-z0-9+/]/.test(digits) || digits.length % 4 === 1) return undefined;
  let bits = 0;
  let held = 0;
  let bytes = '';
  for (const digit of digits) {
    bits = (bits << 6) | alphabet.indexOf(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += `%${((bits >> held) & 255).toString(16).padStart(2, '0')}`;
    bits &= (1 << held) - 1;
  }
  try {
    return decodeURIComponent(bytes);
  } catch {
    return undefined;
  }
};
