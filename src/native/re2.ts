import { RE2JS } from 're2js';

/** What is wrong with a pattern as an RE2 expression; undefined if nothing is. */
export const re2Problem = (pattern: string): string | undefined => {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
