/** An AuthorizationPolicy of namespace shop for the workload `web`, or as the parts say. */
export const policy = (
  spec: string,
  { name = 'policy', namespace = 'shop', selector = 'app: web', annotations = '' } = {},
): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: ${namespace}${annotations && `, annotations: { ${annotations} }`} }
spec: { ${[selector && `selector: { matchLabels: { ${selector} } }`, spec].filter(Boolean).join(', ')} }
`;

/** A policy with one rule. */
export const withRule = (action: 'ALLOW' | 'DENY' | 'AUDIT', rule: string): string =>
  policy(`action: ${action}, rules: [{ ${rule} }]`);

/** A policy with one rule about the source. */
export const fromSource = (action: 'ALLOW' | 'DENY', source: string): string =>
  withRule(action, `from: [{ source: { ${source} } }]`);

/** A policy with one rule about the operation. */
export const toOperation = (action: 'ALLOW' | 'DENY' | 'AUDIT', operation: string): string =>
  withRule(action, `to: [{ operation: { ${operation} } }]`);
