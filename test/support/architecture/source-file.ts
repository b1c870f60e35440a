import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** A file of the project, by its path from the root with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const isTest = ({ path }: SourceFile): boolean => path.endsWith('.test.ts');
export const isGenerated = ({ path }: SourceFile): boolean => path.endsWith('.gen.ts');

/** All TypeScript files below some folders of the root. */
export const sourceFiles = (root: string, ...folders: readonly string[]): SourceFile[] =>
  folders.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map(path => join(folder, path).replaceAll('\\', '/'))
      .filter(path => path.endsWith('.ts'))
      .sort()
      .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  );

/** A node of the syntax tree; which fields it has depends on its type (ESTree with TypeScript's nodes). */
export type Node = { readonly type: string } & Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const parsed = new WeakMap<SourceFile, readonly Node[]>();

/** Every node of a file, with comments left out. The names of properties are no nodes of their own. */
export const nodesOf = (file: SourceFile): readonly Node[] => {
  let nodes = parsed.get(file);
  if (!nodes) {
    const found: Node[] = [];
    collect(parseAst(file.text, { lang: 'ts', sourceType: 'module' }, file.path) as unknown as Node, found);
    parsed.set(file, found);
    nodes = found;
  }
  return nodes;
};

const collect = (node: Node, into: Node[]): void => {
  into.push(node);
  for (const [key, value] of Object.entries(node)) {
    if ((key === 'property' || key === 'key') && node.computed !== true && isNode(value)) {
      into.push({ type: 'PropertyName', name: nameOf(value) });
    } else {
      for (const inner of Array.isArray(value) ? value : [value]) if (isNode(inner)) collect(inner, into);
    }
  }
};

/** The name of an identifier, or the text of a literal. */
export const nameOf = (node: Node): string => String(node.name ?? node.value ?? '');

/**
 * What a file imports, in every way there is: import, export from, `import()`, `import type`, the types
 * `import('…')`, `import x = require('…')`. A name that is computed is undefined: nobody can say where it leads.
 */
export const importsOf = (file: SourceFile): (string | undefined)[] =>
  nodesOf(file).flatMap(node => {
    const from = {
      ImportDeclaration: node.source,
      ExportAllDeclaration: node.source,
      ExportNamedDeclaration: node.source ?? null,
      ImportExpression: node.source,
      TSImportType: node.source ?? node.argument,
      TSExternalModuleReference: node.expression,
    }[node.type];
    if (from === undefined || from === null) return [];
    return [isNode(from) && typeof from.value === 'string' ? from.value : undefined];
  });
