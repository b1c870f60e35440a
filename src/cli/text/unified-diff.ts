import { structuredPatch } from 'diff';
import { style } from './columns.ts';

const paint: Readonly<Record<string, (text: string) => string>> = { '+': style.green, '-': style.red, '@': style.dim };

/** How two texts differ, as `diff -u` tells it, without the names of files; empty if they do not. */
export const unifiedDiff = (before: string, after: string, indent = ''): string => {
  const { hunks } = structuredPatch('before', 'after', before, after, undefined, undefined, { context: 3 });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }, at) => [
    ...(hunks.length > 1 || at > 0 || oldStart > 1 ? [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`] : []),
    ...changed,
  ]);
  return lines.map(line => `${indent}${(paint[line[0] ?? ''] ?? String)(line)}\n`).join('');
};
