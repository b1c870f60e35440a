import { describe, expect, it } from 'vitest';
import { Pulse } from './pulse.ts';

const never = new AbortController().signal;

describe('a pulse', () => {
  it('is not missed by who looked before it and waits after it', async () => {
    const pulse = new Pulse(() => 'same', 60_000);
    const { count } = pulse;
    pulse.beat();
    await pulse.after(count, never);
    expect(pulse.count).toBe(count + 1);
  });

  it('reaches everyone who waits', async () => {
    const pulse = new Pulse(() => 'same', 60_000);
    const all = [pulse.after(0, never), pulse.after(0, never)];
    pulse.beat();
    await Promise.all(all);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const waiting = new Pulse(() => 'same', 60_000).after(0, stop.signal);
    stop.abort();
    await waiting;
  });

  it('beats when the stamp is another one, and looks only while somebody waits', async () => {
    let stamp = 1;
    let looks = 0;
    const pulse = new Pulse(() => {
      looks += 1;
      return String(stamp);
    }, 1);
    await pulse.after(pulse.count, never);
    const waiting = pulse.after(pulse.count, never);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(pulse.count).toBe(1);
    stamp = 2;
    await waiting;
    const before = looks;
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(looks).toBe(before);
  });
});
