// Runs a script in this process and writes its peak memory (KiB) to the file named first.
//   node measure.mjs STATS SCRIPT [ARGUMENTS]
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [stats, script, ...rest] = process.argv.slice(2);
process.on('exit', () => writeFileSync(stats, String(process.resourceUsage().maxRSS)));
process.argv = [process.argv[0], resolve(script), ...rest];
await import(pathToFileURL(resolve(script)).href);
