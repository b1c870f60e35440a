/**
 * `npm run testbed:build|up|down`: real Kubernetes, Istio, Envoy and Consul on this machine. `testbed/README.md` tells how
 * it is made and what it needs.
 */
import { bringUp, type Half, halves, startInside } from '../testbed/bed.ts';
import { allParts, build } from '../testbed/build/build.ts';
import { guardOwnBed } from '../testbed/e2e/own-bed.ts';
import { BedFailure, CannotRun } from '../testbed/failures.ts';
import { takeDown } from '../testbed/machine/take-down.ts';

/** The halves that are named; all if none is. */
const halvesIn = (names: readonly string[]): readonly Half[] =>
  names.length > 0 ? halves.filter(half => names.includes(half)) : halves;

const say = (line: string): void => console.log(line);

const commands: Readonly<Record<string, (root: string, names: readonly string[]) => Promise<void>>> = {
  /** All parts, or those that are named. */
  build: async (_, names) => {
    await build(names.length > 0 ? allParts.filter(part => names.includes(part)) : allParts, say);
    say('built');
  },
  up: (root, names) => bringUp(root, halvesIn(names), say),
  /** What `up` runs inside the node's network namespace. */
  start: (_, names) => startInside(halvesIn(names), say),
  /** What a bed that belongs to one run is guarded by. */
  guard: () => guardOwnBed(),
  down: async () => {
    const { processes, namespaces } = await takeDown();
    say(`${processes} processes and ${namespaces} network namespaces are gone`);
  },
};

export const main = async (root: string, [name = '', ...names]: readonly string[]): Promise<number> => {
  const command = commands[name];
  if (!command) {
    console.error('usage: testbed build [PART…] | up [consul] [istio] | down');
    return 2;
  }
  try {
    await command(root, names);
    // Nothing that was started is waited for.
    process.exit(0);
  } catch (error) {
    if (!(error instanceof CannotRun || error instanceof BedFailure)) throw error;
    console.error(error.message);
    return error instanceof CannotRun ? 3 : 1;
  }
};
