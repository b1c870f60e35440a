/**
 * A map that forgets everything once it holds so much. It then begins with a table of its own: in V8 a map that was
 * cleared leads from its old table to its new one, and once the old one has grown old the collector carries along for a
 * long time all that was ever kept (some 200 MiB for 10,000 services).
 */
export class Recent<K, V> {
  private readonly most: number;
  private held = new Map<K, V>();

  constructor(most: number) {
    this.most = most;
  }

  get(key: K): V | undefined {
    return this.held.get(key);
  }

  has(key: K): boolean {
    return this.held.has(key);
  }

  set(key: K, value: V): void {
    if (this.held.size >= this.most) this.held = new Map();
    this.held.set(key, value);
  }
}
