import type { PathNormalization } from '../model/mesh.ts';

/** A request target in its parts. A fragment is no part of it: every proxy drops it (observed: `/ex#f` is `/ex`). */
export const splitTarget = (target: string): { path: string; query: string | undefined } => {
  const whole = target.split('#', 1)[0] ?? '';
  const mark = whole.indexOf('?');
  return mark < 0 ? { path: whole, query: undefined } : { path: whole.slice(0, mark), query: whole.slice(mark + 1) };
};

const decodeUnreserved = (path: string): string =>
  path.replace(/%([0-9A-Fa-f]{2})/g, (written, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : written;
  });

/** RFC 3986 §5.2.4, for absolute paths; empty segments are segments and stay. */
const resolveDots = (path: string): string => {
  const resolved: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '..') resolved.pop();
    else if (segment !== '.') resolved.push(segment);
    if (last && (segment === '.' || segment === '..')) resolved.push('');
  });
  return `/${resolved.join('/')}`;
};

const base = (path: string): string => resolveDots(decodeUnreserved(path.replaceAll('\\', '/')));

const mergeSlashes = (path: string): string => path.replace(/\/{2,}/g, '/');

const decodeSlashes = (path: string): string => path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');

/** Paths that no normalisation changes. */
const tidy = /^(?:\/[A-Za-z0-9_~-]+)*\/?$/;

/**
 * The path that a proxy matches and forwards, without query or fragment. Undefined: refused with 400 (observed: `%00`
 * on every proxy that normalises). Only absolute paths are touched, so `OPTIONS *` stays.
 */
export const normalizePath = (path: string, normalization: PathNormalization): string | undefined => {
  if (normalization === 'none' || !path.startsWith('/') || tidy.test(path)) return path;
  if (/%00/.test(path)) return undefined;
  if (normalization === 'base') return base(path);
  if (normalization === 'mergeSlashes') return mergeSlashes(base(path));
  return mergeSlashes(base(decodeSlashes(path)));
};
