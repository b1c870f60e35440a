import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BedFailure } from '../failures.ts';
import { partFolder } from '../machine/places.ts';
import type { Housed } from './loopback.ts';

export const envoyProgram = (): string => join(partFolder('envoy'), 'envoy');

/** An Envoy that runs until it is told to stop. */
export interface Running {
  stop(): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms));

const listens = (port: number): Promise<boolean> =>
  new Promise(done => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });

/** Starts one Envoy with several configurations, and waits until it listens everywhere. */
export const startEnvoy = async (housed: readonly Housed[], patienceMs = 20_000): Promise<Running> => {
  const folder = mkdtempSync(join(tmpdir(), 'supergloo-envoy-'));
  const file = join(folder, 'envoy.json');
  const bootstrap = {
    node: { id: 'agreement', cluster: 'agreement' },
    static_resources: {
      listeners: housed.flatMap(({ listeners }) => listeners),
      clusters: housed.flatMap(({ clusters }) => clusters),
    },
  };
  writeFileSync(file, JSON.stringify(bootstrap));
  const child = spawn(envoyProgram(), ['-c', file, '--concurrency', '1', '--disable-hot-restart', '-l', 'error'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', end);
  let said = '';
  child.stderr.on('data', chunk => {
    said += chunk;
  });
  let isOver = false;
  const over = new Promise<void>(done =>
    child.on('exit', () => {
      isOver = true;
      done();
    }),
  );
  const stop = async (): Promise<void> => {
    end();
    await over;
    process.off('exit', end);
    rmSync(folder, { recursive: true, force: true });
  };
  const ports = housed.flatMap(({ doors }) => [...doors.values()]);
  const until = performance.now() + patienceMs;
  while (!(await Promise.all(ports.map(listens))).every(Boolean)) {
    if (isOver || performance.now() > until) {
      await stop();
      throw new BedFailure(`Envoy does not listen: ${said.slice(0, 2000)}`);
    }
    await pause(50);
  }
  return { stop };
};
