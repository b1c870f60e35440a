import { parseHcl } from '../../native/hcl/parse-hcl.ts';
import type { Marks } from './yaml/node-builder.ts';
import type { YamlDocument } from './yaml/yaml-stream.ts';

/** A text in HCL as one document. Throws HclProblem. */
export const readHcl = (text: string, into?: Marks): YamlDocument => {
  const { value, marks } = parseHcl(text);
  for (const [holder, places] of marks) into?.set(holder, places);
  return { value: Object.keys(value).length > 0 ? value : undefined, start: 0, inexact: [] };
};
