/**
 * Every version that the test bed is made of. A new number here builds that part again, beside the old one.
 * Consul is the last release whose submodules are all published as Go modules.
 */
export const versions = {
  consul: '1.21.0',
  envoy: '1.40.0',
  etcd: '3.7.3',
  gatewayApi: '1.6.0',
  helm: '4.3.1',
  /** A commit between two releases: releases of Istio are not published as Go modules. */
  istio: '0.0.0-20260827124520-eed52ebb66ad',
  kubernetes: '1.37.2',
} as const;

export type Part = keyof typeof versions;

/** The parts by name and version, as they are recorded beside what was observed. */
export const versionLine = (parts: readonly Part[]): string =>
  parts.map(part => `${part} ${versions[part]}`).join(', ');
