import { readSnapshot } from '../../engine/read.ts';
import { worldOf } from '../../verify/request.ts';
import { simulate } from '../../verify/simulate.ts';
import { type AskOptions, askOf } from '../ask.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { printDocument, printedFinding, withPrintedSources } from '../print.ts';
import type { SourceOptions } from '../program.ts';
import { load } from '../source.ts';
import { explanationText } from '../text/explanation.ts';

/** `supergloo explain`: the way of one request. */
export const explain = async (options: SourceOptions & AskOptions): Promise<ExitCode> => {
  const loaded = await load(options.filename);
  const read = await readSnapshot(loaded.snapshot);
  const ask = askOf(options, read.model);
  const explanation = simulate(worldOf(read.model), ask);
  if (options.output === 'text') {
    process.stdout.write(await explanationText(explanation, ask, read.model, loaded.locate));
    return exitCodes.done;
  }
  const { request, hops, outcome, caveats, assumptions } = explanation;
  printDocument(
    'Explanation',
    {
      request: { ...request, from: options.from, to: options.to, ...(options.via ? { via: options.via } : {}) },
      hops: await withPrintedSources(hops, loaded.locate),
      outcome,
      assumptions,
      findings: await Promise.all([...loaded.findings, ...caveats].map(f => printedFinding(f, loaded.locate))),
    },
    options.output,
  );
  return exitCodes.done;
};
