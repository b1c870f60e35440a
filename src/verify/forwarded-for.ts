import { headerValues } from './asking.ts';
import { hostOf } from './lookup/services.ts';
import type { Sight } from './matches.ts';

/** The client as the nearest proxy forwarded it: the last of the addresses (observed). */
export const forwardedFor = (sight: Sight): string | undefined => lastAddress(headerValues(sight, 'x-forwarded-for'));

/** The last address in the lines of a header. */
export const lastAddress = (lines: readonly string[]): string | undefined =>
  lines
    .flatMap(line => line.split(','))
    .map(address => hostOf(address.trim()))
    .filter(address => address !== '')
    .at(-1);
