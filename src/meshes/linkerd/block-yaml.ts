/**
 * The scalars of a YAML mapping in block style, by dotted path: `proxy.defaultInboundPolicy`. Only what Helm's `toYaml`
 * writes is understood (the `values` of ConfigMap `linkerd-config`); lists and multi-line texts are left out.
 */
export const blockScalars = (text: string): ReadonlyMap<string, string> => {
  const scalars = new Map<string, string>();
  const open: { readonly indent: number; readonly key: string }[] = [];
  for (const line of text.split('\n')) {
    const match = /^( *)([A-Za-z0-9_./-]+):(?: +(.*))?$/.exec(line);
    if (!match) continue;
    const indent = match[1]!.length;
    while (open.length > 0 && open.at(-1)!.indent >= indent) open.pop();
    const key = match[2]!;
    const value = plainScalar(match[3] ?? '');
    if (value === undefined) open.push({ indent, key });
    else scalars.set([...open.map(parent => parent.key), key].join('.'), value);
  }
  return scalars;
};

/** Undefined for a key whose value stands on the following lines. */
const plainScalar = (text: string): string | undefined => {
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^']|'')*)'/.exec(text);
  if (quoted) return quoted[1] !== undefined ? quoted[1].replace(/\\(.)/g, '$1') : quoted[2]!.replaceAll("''", "'");
  const plain = text.replace(/(^|\s)#.*$/, '').trim();
  return plain === '' || /^[|>]/.test(plain) ? undefined : plain;
};
