/** How many samples a random test tries: what it usually does, or as many as the environment asks for to look further. */
export const runs = (usual: number, most = Number.POSITIVE_INFINITY): number =>
  Math.min(Number(process.env.SUPERGLOO_RUNS ?? usual), most);

/** The seed of a random test: a fixed one, or another one by the environment. */
export const seed = (usual: number): number => Number(process.env.SUPERGLOO_SEED ?? usual);
