import type { Mesh } from '../../model/mesh.ts';

/** Nothing in a cluster shows that a bootstrap is ours to take over: this is a target and never a source. */
export const detect = (): readonly Mesh[] => [];
