/**
 * Templates of Helm in what should be configuration. Other things legitimately write `{{ … }}` into their fields (rules
 * of Prometheus, templates of Argo and Flagger), so in a document that can be read only what Helm alone has counts.
 */
const helmOnly =
  /\{\{-?[^}]*?(?:\.(?:Values|Release|Chart|Capabilities|Template|Files)\b|\b(?:include|tpl)[ \t]+["(.$])/;

/** Where the line of an offset opens a template action; undefined if it does not. */
export const templateOnLine = (text: string, offset: number): number | undefined => {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const at = text.indexOf('{{', start);
  return at < 0 || (end >= 0 && at > end) ? undefined : at;
};

/** Texts of several lines are files inside an object (a ConfigMap with a chart in it), and those may well be templates. */
const isHelmText = (text: string): boolean => !text.includes('\n') && helmOnly.test(text);

/** Where the text of a value that could be read opens a template action, if the value is still a template of Helm. */
export const templateIn = (value: unknown, text: string, start: number, end: number): number | undefined => {
  const at = text.slice(start, end).indexOf('{{');
  return at >= 0 && holdsHelmTemplate(value) ? start + at : undefined;
};

const holdsHelmTemplate = (value: unknown): boolean => {
  if (typeof value === 'string') return isHelmText(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsHelmTemplate);
  return Object.entries(value).some(([key, inner]) => isHelmText(key) || holdsHelmTemplate(inner));
};
