import type { Mesh } from '../../../model/mesh.ts';

/** In a policy this name always means the mesh's own trust domain and its aliases (Istio 1.31, trustdomain bundle). */
const ownAlias = 'cluster.local';

/** The trust domains that Istio takes for one another: the mesh's own first, then its aliases. */
export const trustDomainsOf = (mesh: Mesh): readonly string[] => [mesh.trustDomain, ...mesh.trustDomainAliases];

/** Whether a pattern (`x`, `x*`, `*x`) and a name fit, with the wildcard on either side. */
const fits = (a: string, b: string): boolean => a === b || covers(a, b) || covers(b, a);

const covers = (pattern: string, name: string): boolean =>
  (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))) || coversEnd(pattern, name);

const coversEnd = (pattern: string, name: string): boolean =>
  pattern.startsWith('*') && name.endsWith(pattern.slice(1));

/** Whether a trust domain written in a policy means the mesh's own and its aliases. */
export const meansOwn = (domain: string, mesh: Mesh): boolean =>
  domain === ownAlias || trustDomainsOf(mesh).some(own => fits(domain, own));

/**
 * A principal as the proxy compares it: one that names the mesh's trust domain (or `cluster.local`) stands for all of
 * its aliases as well; anything that is not `domain/ns/namespace/sa/name` is left as it is.
 */
export const expandPrincipal = (principal: string, mesh: Mesh): readonly string[] => {
  const [domain = '', ...rest] = principal.split('/');
  if (rest.length !== 4 || domain === '*' || !meansOwn(domain, mesh)) return [principal];
  const expanded = trustDomainsOf(mesh).map(own => (coversEnd(domain, own) ? principal : [own, ...rest].join('/')));
  return [...new Set(expanded)];
};

/** The trust domains that a `trustDomains` entry stands for: one of the mesh's own brings the others along. */
export const expandTrustDomain = (domain: string, mesh: Mesh): readonly string[] =>
  trustDomainsOf(mesh).includes(domain) ? trustDomainsOf(mesh) : [domain];
