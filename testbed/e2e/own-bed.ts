/**
 * A bed that one run has to itself, whatever other beds stand on the machine. Its name is held as an abstract socket,
 * which the kernel gives back when nobody holds it any more. A guard holds it too, and takes the bed down when the run
 * ends without having said goodbye.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { BedFailure } from '../failures.ts';
import { takeDown } from '../machine/take-down.ts';

/** More runs at one time than any machine can bear. */
const names: readonly string[] = ['sgte', ...[...'abcdefgh'].map(letter => `sgte${letter}`)];

const hold = (name: string): Promise<Server | undefined> =>
  new Promise(done => {
    const server = createServer();
    server.on('error', () => done(undefined));
    server.listen(`\0supergloo-testbed-${name}`, () => done(server.unref()));
  });

/** Gives the bed back. */
export type Release = () => Promise<void>;

const startGuard = (root: string, held: Server): Promise<ChildProcess> =>
  new Promise((done, failed) => {
    const guard = fork(join(root, 'tools', 'run.mjs'), ['testbed', 'guard'], { detached: true });
    guard.on('error', failed);
    guard.on('exit', code => failed(new BedFailure(`the guard of the bed ended with ${code}`)));
    guard.on('message', () => guard.send('hold this', held, () => done(guard)));
  });

/** From here on this process, and those that it starts, work with a bed of their own; what an earlier run left there goes. */
export const claimOwnBed = async (root: string): Promise<Release> => {
  for (const name of names) {
    const held = await hold(name);
    if (!held) continue;
    process.env.SUPERGLOO_TESTBED_NAME = name;
    delete process.env.SUPERGLOO_TESTBED_STATE;
    await takeDown();
    const guard = await startGuard(root, held);
    return async () => {
      await takeDown();
      guard.removeAllListeners('exit');
      guard.send('goodbye');
    };
  }
  throw new BedFailure(`all of ${names.join(', ')} are in use`);
};

/** What the guard does. */
export const guardOwnBed = (): Promise<void> =>
  new Promise((done, failed) => {
    process.on('message', word => {
      if (word === 'goodbye') done();
    });
    process.on('disconnect', () => {
      takeDown().then(() => done(), failed);
    });
    process.send?.('ready');
  });
