import { UserError } from '../exit.ts';

export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/** `SERVICE.NAMESPACE`. */
export const serviceNamed = (text: string): ServiceName => {
  const [name, namespace, ...more] = text.split('.');
  if (!name || !namespace || more.length > 0)
    throw new UserError(`\`${text}\`: expected SERVICE.NAMESPACE, such as reviews.shop`);
  return { name, namespace };
};

/** As the policy of a service names another one: without the namespace where it is the same. */
export const backendNamed = (text: string, policy: ServiceName): { name: string; namespace?: string } => {
  const { name, namespace } = serviceNamed(text);
  return namespace === policy.namespace ? { name } : { name, namespace };
};

export const percentNamed = (text: string, flag: string): number => {
  const number = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !(number >= 0 && number <= 100))
    throw new UserError(`${flag} \`${text}\`: expected a number from 0 to 100`);
  return number;
};

export const countNamed = (text: string, flag: string): number => {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < 0)
    throw new UserError(`${flag} \`${text}\`: expected a whole number`);
  return number;
};
