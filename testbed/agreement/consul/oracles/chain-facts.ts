/** What Consul compiles for one name: `/v1/discovery-chain/NAME`. */
import type { Fact } from '../../oracle.ts';
import { durationMs, type EndShare, endsText, fact, milliseconds, nameOf } from './words.ts';

interface HashPolicy {
  readonly Field?: string;
  readonly FieldValue?: string;
  readonly SourceIP?: boolean;
}

interface Node {
  readonly Type: 'router' | 'splitter' | 'resolver';
  readonly Routes?: readonly {
    readonly Definition?: { readonly Match?: { readonly HTTP?: Readonly<Record<string, unknown>> | null } | null };
    readonly NextNode: string;
  }[];
  readonly Splits?: readonly { readonly Weight?: number; readonly NextNode: string }[];
  readonly Resolver?: {
    readonly Target: string;
    readonly ConnectTimeout?: string;
    readonly Failover?: { readonly Targets?: readonly string[] };
  };
  readonly LoadBalancer?: { readonly Policy?: string; readonly HashPolicies?: readonly HashPolicy[] } | null;
}

interface Target {
  readonly Service: string;
  readonly ServiceSubset?: string;
  readonly Subset?: { readonly Filter?: string };
}

export interface DiscoveryChain {
  readonly Chain: {
    readonly ServiceName: string;
    readonly StartNode: string;
    readonly Nodes: Readonly<Record<string, Node>>;
    readonly Targets: Readonly<Record<string, Target>>;
  };
}

const plainPolicies: Readonly<Record<string, string>> = {
  random: 'random',
  round_robin: 'roundRobin',
  least_request: 'leastRequest',
};

const keyText = ({ Field = '', FieldValue = '', SourceIP }: HashPolicy): string =>
  SourceIP ? 'sourceAddress' : `${Field === 'query_parameter' ? 'query' : Field} ${FieldValue}`;

const balancingText = (balancer: Node['LoadBalancer']): string => {
  const policy = balancer?.Policy;
  if (!policy) return 'roundRobin';
  const [first] = balancer?.HashPolicies ?? [];
  return plainPolicies[policy] ?? `${policy === 'maglev' ? 'maglev' : 'ring'} by ${first ? keyText(first) : 'nothing'}`;
};

/** What of a share in percent Envoy is told, in hundredths: the rest is cut off. */
const partsOf = (weight = 0): number => Math.trunc(Math.fround(Math.fround(weight) * 100));

/** Facts in which a subset that takes all instances goes by the name of its service. */
export const withoutWideSubsets = ({ Chain: { Targets } }: DiscoveryChain, facts: readonly Fact[]): readonly Fact[] => {
  const wide = Object.values(Targets).flatMap(({ Service, ServiceSubset, Subset }) =>
    ServiceSubset && !Subset?.Filter ? [[nameOf(Service, ServiceSubset), Service] as const] : [],
  );
  const plain = (text: string): string => wide.reduce((said, [name, service]) => said.replaceAll(name, service), text);
  return facts.map(({ about, place, said }) => fact(about, plain(place), plain(said)));
};

/** `services`: names that somebody has; others are nobody. */
export const factsOfChain = ({ Chain: chain }: DiscoveryChain, services: ReadonlySet<string>): readonly Fact[] => {
  const targetName = (id: string): string => {
    const { Service = '', ServiceSubset } = chain.Targets[id] ?? {};
    return services.has(Service) ? nameOf(Service, ServiceSubset || undefined) : 'nobody';
  };
  const resolvers = new Set<string>();
  const endsOf = (name: string, percent: number): readonly EndShare[] => {
    const node = chain.Nodes[name];
    if (node?.Splits) {
      const total = node.Splits.reduce((sum, { Weight }) => sum + partsOf(Weight), 0);
      return node.Splits.flatMap(({ Weight, NextNode }) => endsOf(NextNode, (percent * partsOf(Weight)) / total));
    }
    if (!node?.Resolver) return [];
    if (percent > 0) resolvers.add(name);
    return [{ name: targetName(node.Resolver.Target), percent }];
  };
  const start = chain.Nodes[chain.StartNode];
  const all = start?.Routes ?? [{ NextNode: chain.StartNode }];
  const last = all.findIndex(route => {
    const http = ('Definition' in route ? route.Definition?.Match?.HTTP : undefined) ?? {};
    const { PathPrefix = '/', CaseInsensitive: _, ...more } = http;
    return PathPrefix === '/' && Object.keys(more).length === 0;
  });
  const routes = last < 0 ? all : all.slice(0, last + 1);
  const ends = routes.map(({ NextNode }, index) => fact('ends', `route ${index + 1}`, endsText(endsOf(NextNode, 100))));
  const settings = [...resolvers].flatMap((name): readonly Fact[] => {
    const { Resolver: resolver, LoadBalancer } = chain.Nodes[name] ?? {};
    const place = targetName(resolver?.Target ?? '');
    if (!resolver || place === 'nobody') return [];
    const failover = (resolver.Failover?.Targets ?? []).map(targetName).join(', ');
    return [
      fact('time to connect', place, milliseconds(durationMs(resolver.ConnectTimeout) ?? 5000)),
      fact('balancing', place, balancingText(LoadBalancer)),
      fact('failover', place, failover || 'none'),
    ];
  });
  return [fact('routes', chain.ServiceName, String(routes.length)), ...ends, ...settings];
};
