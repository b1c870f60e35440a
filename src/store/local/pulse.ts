/**
 * Tells everyone who waits that something may have changed: at once when this process changed it, and otherwise when the
 * stamp of the shelf is another than it was. Looking takes at most a twentieth of the time, however long it takes.
 */
export class Pulse {
  /** How often it has beaten. */
  count = 0;
  readonly #stamp: () => string;
  readonly #everyMs: number;
  readonly #waiting = new Set<() => void>();
  #seen: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(stamp: () => string, everyMs: number) {
    this.#stamp = stamp;
    this.#everyMs = everyMs;
  }

  /** Everyone who waits goes on. */
  beat(): void {
    this.count += 1;
    for (const goOn of [...this.#waiting]) goOn();
  }

  /** Until it has beaten more often than `count` times, or until the signal is aborted. */
  after(count: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const goOn = (): void => {
        this.#waiting.delete(goOn);
        signal.removeEventListener('abort', goOn);
        if (this.#waiting.size === 0) this.#rest();
        resolve();
      };
      this.#waiting.add(goOn);
      signal.addEventListener('abort', goOn, { once: true });
      if (signal.aborted || this.count > count) goOn();
      else this.#lookIn(this.#everyMs);
    });
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #lookIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const start = performance.now();
      const stamp = this.#stamp();
      if (stamp === this.#seen) this.#lookIn(Math.max(this.#everyMs, 20 * (performance.now() - start)));
      else {
        this.#seen = stamp;
        this.beat();
      }
    }, ms);
  }
}
