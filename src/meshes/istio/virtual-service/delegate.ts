import type { Field } from '../../../base/field.ts';
import type { HeaderMatch, Match, PathMatch, TextMatch } from '../../../model/match.ts';

/**
 * A delegated rule acts where both the root's match and its own hold. Istio only joins matches that it can see to be
 * compatible; a child match that contradicts every match of the root makes the child's rule vanish (observed, row
 * 2.11; the rules of compatibility are those of pilot's virtual service merge, meshes.md A.1.3 "Delegates").
 */
export const joinMatches = (
  roots: readonly Match[],
  children: readonly Match[],
): { readonly joined: readonly Match[]; readonly conflict: boolean } => {
  if (roots.length === 0) return { joined: children, conflict: false };
  if (children.length === 0) return { joined: roots, conflict: false };
  const joined: Match[] = [];
  for (const child of children) {
    const compatible = roots.filter(root => !contradicts(root, child));
    if (compatible.length === 0) return { joined: [], conflict: true };
    for (const root of compatible) joined.push(join(root, child));
  }
  return { joined, conflict: false };
};

const join = (root: Match, child: Match): Match => {
  const own = new Set([...(child.headers ?? []).map(h => `${h.inverted} ${h.name}`)]);
  const headers = [...(child.headers ?? []), ...(root.headers ?? []).filter(h => !own.has(`${h.inverted} ${h.name}`))];
  const asked = new Set((child.query ?? []).map(q => q.name));
  const query = [...(child.query ?? []), ...(root.query ?? []).filter(q => !asked.has(q.name))];
  const claims = [...(child.claims ?? []), ...(root.claims ?? [])];
  return {
    ...root,
    ...child,
    ...(headers.length > 0 ? { headers } : {}),
    ...(query.length > 0 ? { query } : {}),
    ...(claims.length > 0 ? { claims } : {}),
    ...(root.caller || child.caller ? { caller: { ...root.caller, ...child.caller } } : {}),
  };
};

const contradicts = (root: Match, child: Match): boolean =>
  texts(root.path, child.path) ||
  texts(root.scheme, child.scheme) ||
  texts(root.method, child.method) ||
  texts(root.authority, child.authority) ||
  headersContradict(root.headers ?? [], child.headers ?? []) ||
  (root.port !== undefined && child.port !== undefined && root.port !== child.port) ||
  callersContradict(root, child);

const headersContradict = (roots: readonly HeaderMatch[], children: readonly HeaderMatch[]): boolean =>
  children.some(child =>
    roots.some(root => root.name === child.name && root.inverted === child.inverted && texts(root.match, child.match)),
  );

const callersContradict = (root: Match, child: Match): boolean => {
  const namespaces = root.caller?.namespaces;
  const labels = root.caller?.labels ?? {};
  if (namespaces && child.caller?.namespaces && namespaces[0] !== child.caller.namespaces[0]) return true;
  return Object.entries(child.caller?.labels ?? {}).some(
    ([key, value]) => labels[key] !== undefined && labels[key] !== value,
  );
};

/** Only an exact or a longer prefix below a prefix, or the same exact text, is seen as compatible; a regex never is. */
const texts = (root: PathMatch | TextMatch | undefined, child: PathMatch | TextMatch | undefined): boolean => {
  if (!root || !child) return false;
  if (root.kind === 'present' || child.kind === 'present') return root.kind !== child.kind;
  if (root.kind === 'regex' || child.kind === 'regex') return true;
  if (Boolean(root.ignoreCase) !== Boolean(child.ignoreCase)) return true;
  if (root.kind === 'exact') return child.kind !== 'exact' || child.value !== root.value;
  return !child.value.startsWith(root.value);
};

/** `http[].delegate`: the child VirtualService, in the root's namespace unless it says otherwise. */
export const delegateName = (
  rule: Field,
  namespace: string,
): { readonly namespace: string; readonly name: string } | undefined => {
  const delegate = rule.at('delegate');
  const name = delegate?.text('name');
  if (!delegate || name === undefined) return undefined;
  return { namespace: delegate.text('namespace') ?? namespace, name };
};
