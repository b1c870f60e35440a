import { detect } from './detect.ts';
import { read } from './read.ts';
export const adapter = { read, detect };
