// Runs a script in this process and writes its peak memory (KiB) and the time that its main thread was at work (ms) to the
// file named first. Unlike the time on the wall, the latter hardly depends on what else the machine does.
//   node measure.mjs STATS SCRIPT [ARGUMENTS]
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [stats, script, ...rest] = process.argv.slice(2);

/** Linux counts it for each thread; elsewhere all threads are taken together. */
const workedMs = () => {
  const ofThread = `/proc/self/task/${process.pid}/schedstat`;
  if (existsSync(ofThread)) return Number(readFileSync(ofThread, 'utf8').split(' ')[0]) / 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

process.on('exit', () => writeFileSync(stats, `${process.resourceUsage().maxRSS} ${workedMs()}`));
process.argv = [process.argv[0], resolve(script), ...rest];
await import(pathToFileURL(resolve(script)).href);
