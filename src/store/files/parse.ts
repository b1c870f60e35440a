import { type Finding, findingOf } from '../../base/finding.ts';
import type { ObjectRef } from '../../base/source.ts';
import { HclProblem } from '../../native/hcl/hcl-text.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { FileText } from './file-text.ts';
import { fileFindings } from './findings.ts';
import { type Candidate, candidatesIn, type Identity, identify } from './identity.ts';
import { joinPaths, placeInDocument } from './locate.ts';
import { readHcl } from './read-hcl.ts';
import { type Chunk, splitDocuments } from './split.ts';
import { templateIn, templateOnLine } from './template.ts';
import { readPlainBlock } from './yaml/plain-block.ts';
import { YamlProblem, type YamlProblemKind } from './yaml/problem.ts';
import { readTogether, readYaml, type YamlRange } from './yaml/read-yaml.ts';
import type { YamlDocument } from './yaml/yaml-stream.ts';

/** What a file holds: its objects, what is wrong with it, and its text for finding positions later. */
export interface ParsedFile {
  readonly objects: readonly NativeObject[];
  readonly findings: readonly Finding[];
  readonly text: FileText;
}

type Code = keyof typeof fileFindings;

const codeOf: Readonly<Record<YamlProblemKind, Code>> = {
  syntax: 'FILE001',
  duplicate: 'FILE004',
  size: 'FILE005',
  tab: 'FILE009',
  value: 'FILE010',
};

/** Chunks that follow each other with nothing but their separators between them. */
const runsOf = (chunks: readonly Chunk[]): Chunk[][] => {
  const runs: Chunk[][] = [];
  for (const chunk of chunks) {
    const run = runs.at(-1);
    const follows = chunk.start > chunk.lineStart && run?.at(-1)?.end === chunk.lineStart;
    if (run && follows) run.push(chunk);
    else runs.push([chunk]);
  }
  return runs;
};

/** Where one of many documents is broken, the others are read in groups of so many, and its group one by one. */
const groupSize = 100;

/** One file on its way from text to objects. A document that cannot be read costs nothing but itself. */
class FileParser {
  readonly objects: NativeObject[] = [];
  readonly findings: Finding[] = [];
  readonly text: FileText;
  private readonly mayHoldTemplates: boolean;

  constructor(file: string, text: string) {
    this.text = new FileText(file, text);
    this.mayHoldTemplates = this.text.text.includes('{{');
  }

  parse(): ParsedFile {
    if (this.text.isHcl) this.readHcl();
    else for (const run of runsOf(splitDocuments(this.text.text))) this.readRun(run);
    if (this.text.documents.length === 0 && this.findings.length === 0) {
      this.report('FILE013', 0, 'the file holds no document');
    }
    return this;
  }

  /** What is written plainly is read here; for stretches of other documents the parser is called. */
  private readRun(run: readonly Chunk[]): void {
    const { text } = this.text;
    const values = run.map(chunk => readPlainBlock(text, chunk));
    for (let at = 0; at < run.length; ) {
      const value = values[at];
      if (value) {
        this.readChunk(run[at]!, () => ({ value, inexact: [] }));
        at += 1;
      } else {
        const from = at;
        while (at < run.length && !values[at]) at += 1;
        this.parseRun(run.slice(from, at));
      }
    }
  }

  private readHcl(): void {
    const { text } = this.text;
    try {
      this.addDocument(readHcl(text).value, { start: 0, end: text.length, lineStart: 0 });
    } catch (problem) {
      if (!(problem instanceof HclProblem)) throw problem;
      this.report('FILE015', problem.offset, problem.message);
    }
  }

  /** One call of the parser for all documents of a run costs half of what a call for each would. */
  private parseRun(run: readonly Chunk[]): void {
    const { text } = this.text;
    const stream = run.length > 1 ? readTogether(text, run) : undefined;
    const size = run.length > groupSize ? groupSize : 1;
    if (stream) for (const chunk of run) this.readChunk(chunk, () => stream.next());
    else if (size === 1) for (const chunk of run) this.readChunk(chunk, () => readYaml(text, chunk));
    else for (let at = 0; at < run.length; at += size) this.parseRun(run.slice(at, at + size));
  }

  private readChunk(chunk: Chunk, read: () => Pick<YamlDocument, 'value' | 'inexact'>): void {
    if (chunk.besideSeparator !== undefined) {
      this.report('FILE014', chunk.besideSeparator, 'text stands beside the document separator `---`');
    }
    try {
      const { value, inexact } = read();
      for (const offset of inexact) this.report('FILE011', offset, 'an integer of more than 53 bits is rounded');
      this.addDocument(value, chunk);
    } catch (problem) {
      if (!(problem instanceof YamlProblem)) throw problem;
      this.reportProblem(problem);
    }
    if (chunk.behindEnd !== undefined)
      this.report('FILE012', chunk.behindEnd, 'text stands behind the end marker `...`');
  }

  private addDocument(value: unknown, { start, end, lineStart }: YamlRange): void {
    if (value === undefined || value === null) return;
    const template = this.mayHoldTemplates ? templateIn(value, this.text.text, start, end) : undefined;
    if (template !== undefined) {
      this.report('FILE002', template, 'a template of Helm, not yet rendered');
      return;
    }
    this.text.documents.push({ start, end, lineStart });
    for (const candidate of candidatesIn(value)) this.addObject(candidate);
  }

  private addObject({ body, path, item }: Candidate): void {
    const document = this.text.documents.length - 1;
    const identity = identify(body);
    if ('code' in identity) {
      const place = placeInDocument(this.text, document, joinPaths(path, identity.path));
      this.findings.push(findingOf(fileFindings, identity.code, place, identity.message));
      return;
    }
    const ref: ObjectRef = refOf(identity, this.text.file, document, item);
    this.objects.push({ ref, body: body as NativeObject['body'] });
    if (identity.isGenerated) {
      const source = { object: ref, path: 'metadata.generateName' };
      this.findings.push(findingOf(fileFindings, 'FILE006', source, `the name is made up from \`${ref.name}\``));
    }
  }

  private reportProblem({ kind, offset, message }: YamlProblem): void {
    const template = this.mayHoldTemplates ? templateOnLine(this.text.text, offset) : undefined;
    if (template === undefined) this.report(codeOf[kind], offset, message);
    else this.report('FILE002', template, 'a template (`{{ … }}`), not yet rendered');
  }

  private report(code: Code, offset: number, message: string): void {
    this.findings.push(findingOf(fileFindings, code, this.text.placeAt(offset), message));
  }
}

const refOf = (
  { apiVersion, kind, namespace, name }: Identity,
  file: string,
  document: number,
  item: number | undefined,
): ObjectRef => ({
  apiVersion,
  kind,
  ...(namespace === undefined ? {} : { namespace }),
  name,
  file,
  document,
  ...(item === undefined ? {} : { item }),
});

/**
 * Reads the text of a file: YAML documents or JSON values, each an object or a list of objects. Everything that is not
 * read is a finding (FILE001 to FILE014) with its line. Pure, and linear in the length of the text.
 */
export const parseText = (file: string, text: string): ParsedFile => new FileParser(file, text).parse();
