import { createInterface } from 'node:readline/promises';
import type { QuickAnswers, QuickForm } from './forms.ts';

/** Asks on the terminal for what is missing; the questions go to standard error, for the answer is a policy. */
export const askFor = async (
  service: string | undefined,
  answers: QuickAnswers,
  missing: QuickForm['needs'],
): Promise<QuickAnswers & { readonly service: string }> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const named = service ?? (await lines.question('Which service (SERVICE.NAMESPACE)? ')).trim();
    let all = answers;
    for (const { key, question } of missing) {
      const answer = (await lines.question(`${question} `)).trim();
      all = { ...all, [key]: key === 'words' || key === 'from' ? answer.split(/[\s,]+/) : answer };
      if (key === 'abort' && answer === '')
        all = { ...all, delay: (await lines.question('How long do requests wait, such as 2s? ')).trim() };
    }
    return { ...all, service: named };
  } finally {
    lines.close();
  }
};
