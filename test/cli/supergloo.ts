import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own in which the built command runs, which `npm test` builds first. */
export class Place {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'supergloo-cli-'));

  run(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Run {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      input,
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    return { code: status, out: stdout, err: stderr };
  }

  /** The one document that a command printed. */
  document(args: readonly string[]): { readonly code: number | null; readonly [field: string]: unknown } {
    const { code, out } = this.run([...args, '-o', 'json']);
    return { ...(JSON.parse(out) as Record<string, unknown>), code };
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const workload = (name: string): string => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
`;

/** Two services without a mesh. */
export const shop = [workload('reviews'), workload('web')].join('---\n');

export const timeout = (seconds: number): string => `apiVersion: supergloo.dev/v1alpha1
kind: TrafficPolicy
metadata:
  name: reviews
  namespace: shop
spec:
  targetRefs:
    - kind: Service
      name: reviews
  timeouts:
    request: ${seconds}s
`;

export const access = (action: 'Allow' | 'Deny'): string => `apiVersion: supergloo.dev/v1alpha1
kind: AccessPolicy
metadata: { name: reviews, namespace: shop }
spec:
  action: ${action}
  targetRefs: [{ kind: Service, name: reviews }]
  rules:
    - from: [{ serviceAccount: { name: web } }]
`;
