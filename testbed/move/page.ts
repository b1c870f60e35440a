import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { versionLine } from '../versions.ts';
import type { Moved, Step } from './move.ts';
import type { Count } from './traffic.ts';

interface Sums {
  readonly sent: number;
  readonly failed: number;
  readonly wronglyAllowed: number;
  readonly refused: number;
  readonly inIstio: number;
  readonly inConsul: number;
}

const countsOf = ({ counts }: Step): readonly Count[] => [...counts.values()];

/** Streams whose requests must be refused are known by what they ask for, not by how they fare. */
const mustBeRefused = (name: string): boolean => /^(?:stranger|plaintext|method)/.test(name);

export const sumsOf = (steps: readonly Step[]): Sums => {
  const all = steps.flatMap(countsOf);
  const sum = (pick: (count: Count) => number): number => all.reduce((total, count) => total + pick(count), 0);
  const answered = (isConsul: boolean): number =>
    sum(({ answeredBy }) =>
      [...answeredBy].reduce(
        (total, [by, times]) => (by.startsWith('consul-') === isConsul ? total + times : total),
        0,
      ),
    );
  const refused = steps.flatMap(({ counts }) => [...counts].filter(([name]) => mustBeRefused(name)));
  return {
    sent: sum(({ sent }) => sent),
    failed: sum(({ failed }) => failed),
    wronglyAllowed: sum(({ wronglyAllowed }) => wronglyAllowed),
    refused: refused.reduce((total, [, { sent }]) => total + sent, 0),
    inIstio: answered(false),
    inConsul: answered(true),
  };
};

const changedIn = (steps: readonly Step[]): number => steps.reduce((sum, { changed }) => sum + changed, 0);

const row = (name: string, steps: readonly Step[]): string => {
  const { sent, failed, wronglyAllowed, refused, inIstio, inConsul } = sumsOf(steps);
  const cells = [name, sent, inIstio, inConsul, failed, changedIn(steps), refused, wronglyAllowed];
  return `| ${cells.join(' | ')} |`;
};

/** What happened in each step, and in all. */
export const moveTable = ({ steps }: Moved): string =>
  [
    '| step | sent | answered in Istio | answered in Consul | failed | changed on the way | had to be refused | wrongly allowed |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
    ...steps.map(step => row(step.name, [step])),
    row('all', steps),
  ].join('\n');

const streamTable = ({ steps }: Moved): string => {
  const names = [...new Set(steps.flatMap(({ counts }) => [...counts.keys()]))];
  const of = (name: string): readonly Count[] => steps.flatMap(({ counts }) => counts.get(name) ?? []);
  const total = (name: string, pick: (count: Count) => number): number =>
    of(name).reduce((sum, count) => sum + pick(count), 0);
  return [
    '| requests | must be | sent | failed | wrongly allowed |',
    '| --- | --- | --: | --: | --: |',
    ...names.map(
      name =>
        `| ${name} | ${mustBeRefused(name) ? 'refused' : 'answered'} | ${total(name, ({ sent }) => sent)} | ${total(name, ({ failed }) => failed)} | ${total(name, ({ wronglyAllowed }) => wronglyAllowed)} |`,
    ),
  ].join('\n');
};

export const isClean = ({ steps }: Moved): boolean => {
  const { failed, wronglyAllowed } = sumsOf(steps);
  return failed === 0 && wronglyAllowed === 0 && changedIn(steps) === 0;
};

const page = (moved: Moved): string => `# A service moves from Istio to Consul

\`npm run move\` writes this page. A real Istio and a real Consul are up at the same time (${versionLine(['istio', 'envoy', 'kubernetes', 'consul'])}). The service
\`parcel\` in Istio has a split of 80 to 20, a route of its own for \`/v2/\`, a timeout of one second, header edits, strict mTLS, and a
policy that lets in one caller with two methods. Requests go on all the time. What \`supergloo convert --from istio --to consul\`
prints is handed to Consul as it stands; two workloads come up there; requests go over in steps, by the weights of the
VirtualService; at last the workloads in Istio go. Callers stay in Istio and are told nothing.

${moveTable(moved)}

- **failed**: a request that must be answered and was not, or not with its status, its version, or its header edits (once,
  not twice).
- **changed on the way**: it arrived at an application with other headers than the routes give it.
- **sent**: with those that must be refused, and those that must time out (the application sleeps longer than the timeout).
- **wrongly allowed**: an application answered a caller that must be refused, whichever mesh it lives in.

\`npm run move -- --open-bridge\` leaves out the policy at the bridge: then strangers are answered by Consul, and the run fails.

${streamTable(moved)}

## The bridge

A pod in Istio's mesh with two proxies. Its sidecar, which is Istio's, has the policy of the service and strict mTLS, so that it
lets in whom the service lets in. What it lets in goes to a sidecar of Consul in the same pod, which holds the identity of the
service \`client\` in Consul: the very caller that the converted intention names. The port between the two is the application's
port of the pod, so that nobody comes to it but through Istio's sidecar.

## What it taught

- **Routes of Consul are carried out by whoever calls.** The converted ServiceRouter acts in the bridge, because the bridge is a
  sidecar with an upstream. Behind an API gateway of Consul it would not act: that has routes of its own (row 8.9 of what was
  observed), and split, timeout and header edits would be lost without a word.
- **An intention that was converted names callers of the mesh that the service has left.** A gateway with an identity of its own
  is refused by it. So the bridge bears the name of the caller it stands in for, one bridge for each, and who may enter the
  bridge is decided where that caller can still be told: in Istio. An entry \`* deny\` in the converted intentions is what keeps
  any other service of Consul out.
- **Edits happen once.** While a VirtualService shares requests between the meshes, its edits belong to the destinations that
  stay: what \`headers\` of the rule adds would be added again behind the bridge.
- **Timeouts nest.** The timeout of the VirtualService still holds in front of the bridge and is the same as that of the
  ServiceRouter; which of the two ends a request is left to chance, and both answer 504.

## What was printed

\`\`\`yaml
${moved.converted.printed.trimEnd()}
\`\`\`

and told:

\`\`\`text
${moved.converted.told.trimEnd()}
\`\`\`
`;

export const writeMovePage = (root: string, moved: Moved): void => {
  const path = join(root, 'docs', 'reference', 'move.md');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, page(moved));
};
