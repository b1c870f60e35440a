/**
 * Made-up configuration to be compared: per service ten routing rules, all distinct, of which one has a regular
 * expression and two a header, and one access policy. `otherwise` says the same in other words: rules that exclude one
 * another in another order, expressions and policies spelled differently. `mutated` changes one weight and one caller.
 */
export type Wording = 'plain' | 'otherwise' | 'mutated';

const indent = (text: string, by: number): string => text.replace(/^/gm, ' '.repeat(by));

const routeTo = (host: string, weight: number): string => `route:
  - destination:
      host: ${host}
      subset: v1
    weight: ${weight}
  - destination:
      host: ${host}
      subset: v2
    weight: ${100 - weight}`;

const matchOf = (service: number, rule: number, wording: Wording): string => {
  const path = `/api-${service}/v${rule}`;
  if (rule === 0) {
    const digits = wording === 'otherwise' ? '[0-9][0-9]*' : '[0-9]+';
    return `uri:\n  regex: /items-${service}/${digits}(/details)?`;
  }
  if (rule <= 2) return `uri:\n  prefix: ${path}/\nheaders:\n  x-tenant-${rule}:\n    exact: tenant-${service}`;
  return rule % 2 === 0 ? `uri:\n  prefix: ${path}/` : `uri:\n  exact: ${path}`;
};

const policies = (name: string, namespace: string, service: number, wording: Wording): string[] => {
  const caller = (n: number): string => {
    const account = wording === 'mutated' && service === 0 && n === 1 ? 'stranger' : `caller-${(service + n) % 40}`;
    return `cluster.local/ns/team-${(service + n) % 50}/sa/${account}`;
  };
  const rule = (n: number): string => `- from:
    - source:
        principals:
          - ${caller(n)}
  to:
    - operation:
        paths:
          - /api-${service}/*`;
  const policy = (suffix: string, rules: readonly string[]): string => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: ${name}${suffix}
  namespace: ${namespace}
spec:
  selector:
    matchLabels:
      app: ${name}
  rules:
${indent(rules.join('\n'), 4)}
`;
  if (wording === 'otherwise') return [policy('-a', [rule(1)]), policy('-b', [rule(0)])];
  return [policy('', [rule(0), rule(1)])];
};

export const routedShops = (services: number, wording: Wording): string => {
  const documents: string[] = [];
  for (let i = 0; i < services; i += 1) {
    const namespace = `team-${i % 50}`;
    const name = `service-${i}`;
    const host = `${name}.${namespace}.svc.cluster.local`;
    const rules = Array.from({ length: 10 }, (_, rule) => {
      const weight = 10 + ((i + rule) % 80) + (wording === 'mutated' && i === 1 && rule === 4 ? 5 : 0);
      return `- match:\n${indent(`- ${indent(matchOf(i, rule, wording), 2).trimStart()}`, 4)}\n${indent(routeTo(host, weight), 2)}`;
    });
    if (wording === 'otherwise') rules.reverse();
    documents.push(
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:\n  selector:\n    app: ${name}\n  ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n`,
      `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:\n  host: ${host}\n  subsets:\n    - name: v1\n      labels:\n        version: v1\n    - name: v2\n      labels:\n        version: v2\n`,
      `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec:\n  hosts:\n    - ${host}\n  http:\n${indent(rules.join('\n'), 4)}\n`,
      ...policies(name, namespace, i, wording),
    );
  }
  return documents.join('---\n');
};

/** One service with many rules by regular expressions that overlap; `otherwise` leaves the last one out. */
export const regexesOnOnePath = (rules: number, wording: Wording): string => {
  const host = 'web.shop.svc.cluster.local';
  const kept = wording === 'otherwise' ? rules - 1 : rules;
  const http = Array.from(
    { length: kept },
    (_, rule) => `- match:
    - uri:
        regex: /.*${rule}[a-z]*/.*x${rule % 7}.*
${indent(routeTo(host, 1 + (rule % 99)), 2)}`,
  );
  return `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [${host}]
  http:
${indent(http.join('\n'), 4)}
`;
};
