import type { Field } from '../../base/field.ts';

/**
 * What a filter that only some implementation understands asks for, as the name under which its rule fails elsewhere:
 * `Filter.example.org shop/mine`, or `authorisation by GRPC shop/auth:9000`. Undefined for a filter that the API defines.
 */
export const foreignFilterName = (filter: Field, namespace: string): string | undefined => {
  const extension = filter.at('extensionRef');
  if (extension) {
    const [group, kind, name] = ['group', 'kind', 'name'].map(key => extension.text(key) ?? '');
    return `${kind}.${group} ${namespace}/${name}`;
  }
  const authorisation = filter.at('externalAuth');
  return authorisation ? authorisationName(authorisation, namespace) : undefined;
};

/** `ExternalAuth` (experimental, GEP-1494): whom the proxy asks, what it shows, and what it takes from the answer. */
const authorisationName = (field: Field, namespace: string): string => {
  const backend = field.at('backendRef');
  const [group, kind] = [backend?.text('group') ?? '', backend?.text('kind') ?? 'Service'];
  const service = `${backend?.text('namespace') ?? namespace}/${backend?.text('name') ?? ''}`;
  const what = group === '' && kind === 'Service' ? service : `${kind}.${group} ${service}`;
  const list = (title: string, names: readonly string[] | undefined): string =>
    names && names.length > 0 ? `, ${title} ${names.join(' ')}` : '';
  const [http, grpc] = [field.at('http'), field.at('grpc')];
  const body = field.find('forwardBody')?.number('maxSize');
  return [
    `authorisation by ${field.text('protocol') ?? 'HTTP'} ${what}:${backend?.number('port') ?? ''}${http?.text('path') ?? ''}`,
    list('shown headers', http?.texts('allowedHeaders')),
    list('shown metadata', grpc?.texts('allowedHeaders')),
    list('taken headers', http?.texts('allowedResponseHeaders')),
    body === undefined ? '' : `, shown ${body} bytes of the body`,
  ].join('');
};
