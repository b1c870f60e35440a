import type { Gateway, Inventory } from '../../../model/inventory.ts';
import { type Labels, selects } from '../../../model/scope.ts';

/** Labels by which people usually know a gateway. */
const telling = ['istio', 'app', 'app.kubernetes.io/name'];

/**
 * The shortest selector that picks the same pods as all labels of the gateway do: a telling label if one is enough.
 */
export const selectorFor = ({ labels }: Pick<Gateway, 'labels'>, { workloads }: Inventory): Labels => {
  const pick = (selector: Labels): string =>
    workloads
      .filter(workload => selects(selector, workload.labels))
      .map(({ id }) => id)
      .join();
  const meant = pick(labels);
  if (meant === '') return labels;
  for (const name of telling) {
    const value = labels[name];
    if (value !== undefined && pick({ [name]: value }) === meant) return { [name]: value };
  }
  return labels;
};
