import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../adapter/adapter.ts';
import type { Disposition } from '../../adapter/disposition.ts';
import { toYaml, toYamlStream } from '../../base/yaml.ts';
import { type Conversion, convert } from '../../engine/convert.ts';
import { adapterIds } from '../../engine/read.ts';
import { type ExitCode, exitCodes, UserError } from '../exit.ts';
import { printDocument, printedFinding, printedSource } from '../print.ts';
import type { SourceOptions } from '../program.ts';
import { type Loaded, load } from '../source.ts';
import { ledgerText } from '../text/ledger.ts';

export interface ConvertOptions extends SourceOptions {
  readonly from: string;
  readonly to: string;
  readonly out?: string;
  readonly ledger?: string;
  readonly accept: readonly string[];
}

/** `supergloo convert`: objects on standard output (or one file each), the ledger on standard error. */
export const convertCommand = async (options: ConvertOptions): Promise<ExitCode> => {
  for (const name of [options.from, options.to]) {
    if (!adapterIds.includes(name)) throw new UserError(`no mesh \`${name}\`; there are ${adapterIds.join(', ')}`);
  }
  const loaded = await load(options.filename);
  const conversion = await convert(loaded.snapshot, options.from, options.to);
  const lost = conversion.dispositions.filter(isOfConcern);
  const refused = lost.filter(({ loss }) => loss?.severity === 'security' && !options.accept.includes(loss.code));
  const objects = refused.length > 0 ? [] : conversion.objects;
  const code = exitCode(conversion, loaded, lost.length, refused.length);
  if (options.output === 'json') await printJson(conversion, loaded, objects, code);
  else printObjects(objects, options);
  const ledger = await ledgerText(conversion, loaded, { from: options.from, to: options.to, refused: refused.length });
  if (options.ledger) writeFileSync(options.ledger, ledger);
  else if (options.output !== 'json') process.stderr.write(ledger);
  return code;
};

/** What changes by losing it, unless a mesh did it by itself; security is of concern in any case. */
const isOfConcern = ({ loss, byDefault }: Disposition): boolean =>
  loss?.effect === 'differs' && (!byDefault || loss.severity === 'security');

const exitCode = (conversion: Conversion, loaded: Loaded, lost: number, refused: number): ExitCode => {
  if (loaded.snapshot.objects.length === 0) return exitCodes.failed;
  if (refused > 0) return exitCodes.weaker;
  const errors = [...loaded.findings, ...conversion.found, ...conversion.told].some(
    ({ severity }) => severity === 'error',
  );
  return lost > 0 || errors || conversion.read.unread.length > 0 ? exitCodes.differs : exitCodes.done;
};

const printObjects = (objects: readonly Manifest[], options: ConvertOptions): void => {
  if (!options.out) {
    process.stdout.write(toYamlStream(objects));
    return;
  }
  mkdirSync(options.out, { recursive: true });
  for (const object of objects) {
    const { kind, metadata } = object;
    const name = [kind.toLowerCase(), metadata.namespace, metadata.name].filter(part => part).join('-');
    writeFileSync(join(options.out, `${name}.yaml`), toYaml(object));
  }
};

const printJson = async (
  conversion: Conversion,
  loaded: Loaded,
  objects: readonly Manifest[],
  code: ExitCode,
): Promise<void> => {
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
      verdict:
        code === exitCodes.weaker ? 'looser' : lost.some(({ loss }) => loss?.effect !== 'none') ? 'different' : 'equal',
      findings: await Promise.all(
        [...loaded.findings, ...conversion.found, ...conversion.told].map(finding => printedFinding(finding, locate)),
      ),
    },
    'json',
  );
};
