import type { PrintedSource } from '../print.ts';

export interface SarifResult {
  readonly ruleId: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  /** At least one, or services that show the results beside the code refuse them all. */
  readonly locations: readonly [SarifLocation, ...SarifLocation[]];
  readonly relatedLocations?: readonly SarifLocation[];
}

export interface SarifLocation {
  readonly id?: number;
  readonly message?: { readonly text: string };
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region?: { readonly startLine: number; readonly startColumn: number };
  };
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
}

export type Written = Pick<PrintedSource, 'file' | 'line' | 'column'> & { readonly object?: PrintedSource['object'] };

/** Undefined for what is in no file. */
export const sarifLocation = ({ file, line, column, object }: Written): SarifLocation | undefined => {
  if (file === undefined) return undefined;
  const region = line === undefined ? {} : { region: { startLine: line, startColumn: column ?? 1 } };
  const name = object && [object.kind, object.namespace, object.name].filter(part => part).join('/');
  return {
    physicalLocation: { artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) }, ...region },
    ...(name === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name }] }),
  };
};

/** A log in the format SARIF 2.1.0. */
export const sarifLog = (results: readonly SarifResult[], titleOf: (ruleId: string) => string): string => {
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'supergloo', rules: ids.map(id => ({ id, shortDescription: { text: titleOf(id) } })) },
        },
        columnKind: 'utf16CodeUnits',
        results: results.map(result => ({ ...result, ruleIndex: ids.indexOf(result.ruleId) })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};
