import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Form, Manifest } from '../../adapter/adapter.ts';
import type { Disposition } from '../../adapter/disposition.ts';
import { toYaml, toYamlStream } from '../../base/yaml.ts';
import { type Conversion, convert } from '../../engine/convert.ts';
import { adapterIds, loadAdapters } from '../../engine/read.ts';
import type { Comparison } from '../../verify/compare/comparison.ts';
import { isDifference, type Judgement, judge } from '../conversion/judgement.ts';
import { type ExitCode, exitCodes, UserError } from '../exit.ts';
import { printDocument, printedComparison, printedFinding, printedSource } from '../print.ts';
import type { SourceOptions } from '../program.ts';
import { type Loaded, load } from '../source.ts';
import { style } from '../text/columns.ts';
import { ledgerText } from '../text/ledger.ts';

export interface ConvertOptions extends SourceOptions {
  readonly from: string;
  readonly to: string;
  readonly out?: string;
  readonly form?: string;
  readonly ledger?: string;
  readonly accept: readonly string[];
  readonly verdict: boolean;
}

/** `supergloo convert`: objects on standard output (or one file each), the ledger on standard error. */
export const convertCommand = async (options: ConvertOptions): Promise<ExitCode> => {
  for (const name of [options.from, options.to]) {
    if (!adapterIds.includes(name)) throw new UserError(`no mesh \`${name}\`; there are ${adapterIds.join(', ')}`);
  }
  const [source] = await loadAdapters([options.from]);
  if (source?.isTargetOnly)
    throw new UserError(`\`${options.from}\` can only be written: it is a target, and no source`);
  const form = await formFor(options);
  const loaded = await load(options.filename);
  const conversion = await convert(loaded.snapshot, options.from, options.to);
  // Where nothing could be read there is nothing to ask, and no answer should reassure anybody.
  const isAsked = options.verdict && loaded.snapshot.objects.length > 0;
  const comparison = isAsked ? await askWritten(conversion, loaded, options.to) : undefined;
  const missing = missingFrom(conversion, loaded);
  const judged = judge(conversion, comparison, options.accept, missing === '');
  const code = exitCode(conversion, loaded, judged);
  const objects = judged.isRefused ? [] : conversion.objects;
  if (options.output === 'json') await printJson({ conversion, comparison, judged, loaded, objects });
  else printObjects(objects, options, form);
  const ledger = [
    await ledgerText(conversion, loaded, options),
    comparison ? await (await import('../text/verdict.ts')).verdictText(comparison, options.to, loaded) : '',
    missing,
    judged.isRefused ? refusalText(judged) : '',
  ].filter(part => part !== '');
  if (options.ledger) writeFileSync(options.ledger, ledger.join('\n'));
  else if (options.output !== 'json') process.stderr.write(ledger.join('\n'));
  return code;
};

/** What compares is loaded when it is needed. */
const askWritten = async (conversion: Conversion, { snapshot }: Loaded, to: string): Promise<Comparison> =>
  (await import('../../engine/verdict.ts')).compareWritten(conversion, snapshot, to);

/** What of the input is in no answer, in words; empty if there is nothing. */
const missingFrom = ({ read }: Conversion, { findings }: Loaded): string => {
  const broken = findings.filter(({ severity }) => severity === 'error').length;
  const unread = read.unread.length;
  const parts = [
    ...(broken > 0 ? [`${broken} ${broken === 1 ? 'part' : 'parts'} of the files could not be read`] : []),
    ...(unread > 0 ? [`${unread} ${unread === 1 ? 'field was' : 'fields were'} not understood`] : []),
  ];
  return parts.length > 0 ? `${style.yellow('undecided:')} ${parts.join(', ')}; what stands there was not asked\n` : '';
};

const refusalText = ({ weaker }: Judgement): string =>
  `${style.red('refused:')} nothing is written. To accept: ${weaker.map(code => `--accept ${code}`).join(' ')}\n`;

/** What the meshes do by themselves is told, and raises no exit code (decision 0004). */
const exitCode = (conversion: Conversion, loaded: Loaded, { isRefused, lost, verdict }: Judgement): ExitCode => {
  if (loaded.snapshot.objects.length === 0) return exitCodes.failed;
  if (isRefused) return exitCodes.weaker;
  const isUntold = verdict !== 'equal' && !conversion.dispositions.some(isDifference);
  const errors = [...loaded.findings, ...conversion.found, ...conversion.told].some(
    ({ severity }) => severity === 'error',
  );
  return lost.length > 0 || isUntold || errors || conversion.read.unread.length > 0
    ? exitCodes.differs
    : exitCodes.done;
};

/** The form that the user asks for; each object is a file of its own, for no other reader takes several in one. */
const formFor = async ({ form, to, out }: ConvertOptions): Promise<Form | undefined> => {
  if (form === undefined) return undefined;
  const [target] = await loadAdapters([to]);
  const known = Object.keys(target?.forms ?? {});
  const found = target?.forms?.[form];
  if (!found || !known.includes(form)) {
    const others = known.length > 0 ? `there are ${known.join(', ')}` : 'it is written as objects of Kubernetes only';
    throw new UserError(`\`${to}\` has no form \`${form}\`; ${others}`);
  }
  if (out === undefined) throw new UserError('`--form` writes one file per object: name a folder with `--out`');
  return found;
};

const printObjects = (objects: readonly Manifest[], options: ConvertOptions, form: Form | undefined): void => {
  if (!options.out) {
    process.stdout.write(toYamlStream(objects));
    return;
  }
  mkdirSync(options.out, { recursive: true });
  for (const object of objects.filter(one => !form?.omits?.(one))) {
    const { kind, metadata } = object;
    const name = [kind.toLowerCase(), metadata.namespace, metadata.name].filter(part => part).join('-');
    const text = form?.print(object, objects);
    const ending = text === undefined ? 'yaml' : form?.extension;
    writeFileSync(join(options.out, `${name}.${ending}`), text ?? toYaml(object));
  }
};

/** The places in which what was written does not do what was wished. */
const differencesOf = async (
  { verdict, services, asked, left }: Comparison,
  { locate }: Loaded,
): Promise<Record<string, unknown>> => {
  const differ = services.filter(service => service.verdict !== 'equal');
  const printed = await Promise.all(differ.map(service => printedComparison(service, [locate, locate])));
  return { verdict, services: printed, asked, left };
};

interface Converted {
  readonly conversion: Conversion;
  readonly comparison: Comparison | undefined;
  readonly judged: Judgement;
  readonly loaded: Loaded;
  readonly objects: readonly Manifest[];
}

const printJson = async ({ conversion, comparison, judged, loaded, objects }: Converted): Promise<void> => {
  const { locate } = loaded;
  const withSource = async ({ source, ...rest }: Disposition) => ({
    ...rest,
    ...(source ? { source: await printedSource(source, locate) } : {}),
  });
  const lost = conversion.dispositions.filter(({ loss }) => loss);
  printDocument(
    'Conversion',
    {
      objects,
      dispositions: await Promise.all(
        conversion.dispositions.map(async disposition => {
          const { loss, ...rest } = await withSource(disposition);
          const how = loss ? (rest.result === 'approximated' ? { how: loss.message } : { why: loss.message }) : {};
          return { ...rest, ...how, ...(loss ? { effect: loss.effect } : {}) };
        }),
      ),
      losses: await Promise.all(
        lost.map(async ({ loss, capability, subject, byDefault, source }) => ({
          ...loss,
          capability,
          subject,
          ...(byDefault ? { byDefault } : {}),
          ...(source ? { source: await printedSource(source, locate) } : {}),
        })),
      ),
      unread: await Promise.all(
        conversion.read.unread.map(async ({ source, reason }) => {
          const printed = await printedSource(source, locate);
          return { object: printed.object, path: source.path, reason, source: printed };
        }),
      ),
      accounting: { files: loaded.files, ...conversion.read.accounting },
      verdict: judged.verdict,
      ...(comparison ? { comparison: await differencesOf(comparison, loaded) } : {}),
      findings: await Promise.all(
        [...loaded.findings, ...conversion.found, ...conversion.told].map(finding => printedFinding(finding, locate)),
      ),
    },
    'json',
  );
};
