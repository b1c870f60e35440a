import type { EntryField } from '../entry-field.ts';
import { httpMethods } from '../write/judge-match.ts';
import { oneOf, saidOf, type Tell } from './tell.ts';

const paths = ['pathExact', 'pathPrefix', 'pathRegex'] as const;

/** One path, from its slash on (observed, rows 1.6, 1.10 and 4.12). */
export const tellPath = (http: EntryField, tell: Tell): void => {
  const said = saidOf(http, paths);
  if (said.length > 1) tell('refused', http, `${oneOf(said)} exclude each other`);
  for (const key of ['pathExact', 'pathPrefix']) {
    const value = http.text(key);
    if (value !== undefined && !value.startsWith('/'))
      tell('refused', http.at(key) ?? http, 'a path begins with a slash');
  }
};

/** Verbs of HTTP, each once, in capitals or not (observed, row 1.13). */
export const tellMethods = (http: EntryField, tell: Tell): void => {
  const seen = new Set<string>();
  for (const method of http.list('methods')) {
    const verb = method.field.asText()?.toUpperCase() ?? '';
    if (!httpMethods.includes(verb)) tell('refused', method, `\`${verb}\` is no method`);
    else if (seen.has(verb)) tell('refused', method, `\`${verb}\` is there twice`);
    seen.add(verb);
  }
};

/** One kind of value for each condition; that there is one at all is told when it is read (observed, row 1.10). */
export const tellValues = (
  http: EntryField,
  key: 'header' | 'queryParam',
  kinds: readonly string[],
  tell: Tell,
): void => {
  for (const field of http.list(key)) {
    const said = saidOf(field, kinds);
    if (said.length > 1) tell('refused', field, `${oneOf(said)} exclude each other`);
    const hasText = saidOf(field, ['exact', 'prefix', 'suffix', 'contains']).length > 0;
    if (field.boolean('ignoreCase') && !hasText)
      tell('refused', field.at('ignoreCase') ?? field, 'only texts are compared without regard to case');
  }
};

/** Envoy lets nobody change these, and a wrong length breaks requests (observed, row 0.7). */
const fixedHeaders = new Set(['host', ':authority', ':path', ':method', ':scheme']);

export const tellEdits = (field: EntryField | undefined, tell: Tell): void => {
  for (const key of ['requestHeaders', 'responseHeaders']) {
    const edits = field?.at(key);
    if (!edits) continue;
    const names = [
      ...Object.keys(edits.textMap('set') ?? {}),
      ...Object.keys(edits.textMap('add') ?? {}),
      ...(edits.texts('remove') ?? []),
    ].map(name => name.toLowerCase());
    for (const name of new Set(names)) {
      if (fixedHeaders.has(name))
        tell('broken', edits, `\`${name}\` cannot be changed: Envoy refuses the route, and every later one`);
      if (name === 'content-length')
        tell('broken', edits, '`content-length` no longer fits the body: requests get 400');
    }
  }
};
