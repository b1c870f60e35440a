import { isUtf8 } from 'node:buffer';

/**
 * The text of a file's bytes: UTF-8, or UTF-16 where a byte order mark says so (as PowerShell redirects output).
 * Undefined if it is neither, so that no character is silently replaced.
 */
export const decodeText = (bytes: Uint8Array): string | undefined => {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  const isBig = first === 0xfe && second === 0xff;
  if (!isLittle && !isBig)
    return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') : undefined;
  if (bytes.length % 2 !== 0) return undefined;
  const units = Buffer.from(bytes);
  return (isBig ? units.swap16() : units).toString('utf16le');
};
