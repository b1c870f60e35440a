import type { RouteManifest } from './write-routes.ts';

/** Object names are DNS names of at most 253 characters; a wildcard has a name of its own. */
export const routeName = (parts: readonly string[]): string =>
  parts
    .map(part =>
      part
        .toLowerCase()
        .replace(/^\*\./, 'any.')
        .replace(/[^a-z0-9.-]+/g, '-')
        .replace(/^[-.]+|[-.]+$/g, ''),
    )
    .filter(part => part !== '')
    .join('-')
    .slice(0, 240);

/** Routes of one kind that came to one name are numbered in their order. */
export const distinctNames = (routes: readonly RouteManifest[]): RouteManifest[] => {
  const used = new Map<string, number>();
  return routes.map(route => {
    const key = `${route.kind} ${route.metadata.namespace}/${route.metadata.name}`;
    const count = (used.get(key) ?? 0) + 1;
    used.set(key, count);
    const { apiVersion, kind, metadata, spec } = route;
    return {
      apiVersion,
      kind,
      metadata: count === 1 ? metadata : { ...metadata, name: `${metadata.name}.${count}` },
      spec,
    };
  });
};
