/**
 * Why a document cannot be read. `tab`: a tab where indentation belongs. `syntax`: any other breach of the grammar.
 * `duplicate`: one key twice in one mapping. `value`: fine YAML that no JSON, and so no Kubernetes object, can hold.
 * `size`: nested too deeply, or aliases that unfold to too much.
 */
export type YamlProblemKind = 'syntax' | 'tab' | 'duplicate' | 'value' | 'size';

/** Stops the reading of one document. It never leaves the file store: the store turns it into a finding. */
export class YamlProblem extends Error {
  override readonly name = 'YamlProblem';
  readonly kind: YamlProblemKind;
  /** Where in the text, as an index. */
  readonly offset: number;

  constructor(kind: YamlProblemKind, offset: number, message: string) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }
}
