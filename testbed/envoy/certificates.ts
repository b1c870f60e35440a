import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateFolder } from '../../src/gateways/envoy/downstream-tls.ts';
import { run } from '../machine/run.ts';

/** A certificate that stands for every other, made when it is first needed. */
export class Certificates {
  #folder: string | undefined;

  /** A bootstrap with files that are there in place of those that a cluster would mount. */
  housed(bootstrap: string): string {
    const named = new RegExp(`${certificateFolder}/[^\\s"]*/(tls\\.crt|tls\\.key|ca\\.crt)`, 'g');
    return bootstrap.replace(named, (_, part: string) =>
      join(this.#made(), part === 'tls.key' ? 'tls.key' : 'tls.crt'),
    );
  }

  remove(): void {
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #made(): string {
    if (this.#folder) return this.#folder;
    const folder = mkdtempSync(join(tmpdir(), 'supergloo-certificates-'));
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'tls.key')];
    const subject = ['-subj', '/CN=shop.example', '-days', '2', '-out', join(folder, 'tls.crt')];
    run('openssl', ['req', '-x509', ...key, ...subject]);
    this.#folder = folder;
    return folder;
  }
}
