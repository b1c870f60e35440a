export interface Layer {
  readonly folder: string;
  readonly imports: readonly string[];
  readonly packages: readonly string[];
  readonly node: boolean;
}
export const layers: (root: string) => readonly Layer[];
