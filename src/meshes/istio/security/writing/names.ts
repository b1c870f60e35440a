/** Object names, each taken once per namespace and kind. */
export class Names {
  private readonly taken = new Set<string>();

  /** A name from an id: its last part, in the letters that names may have. */
  from(id: string, suffix = ''): string {
    const last =
      id
        .replace(/ (at|for|port) .*$/, '')
        .split('/')
        .at(-1) ?? id;
    const name = last
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, '-')
      .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
    return [name || 'policy', suffix].filter(Boolean).join('-');
  }

  take(namespace: string, wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(`${namespace}/${name}`); n++) name = `${wanted}-${n}`;
    this.taken.add(`${namespace}/${name}`);
    return name;
  }
}
