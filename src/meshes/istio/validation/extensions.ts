import type { Field } from '../../../base/field.ts';
import { tellPort } from './forms.ts';
import { tellSelector, tellTargets } from './targets.ts';
import type { KindRules, Tell } from './tell.ts';

export const proxyConfig: KindRules = (spec, tell) => tellSelector(spec.find('selector', 'matchLabels'), tell);

export const wasmPlugin: KindRules = (spec, tell) => {
  tellTargets(spec, tell);
  tellModule(spec, tell);
  tellTraffic(spec, tell);
};

export const trafficExtension: KindRules = (spec, tell) => {
  tellTargets(spec, tell);
  const wasm = spec.at('wasm');
  if (!wasm && !spec.has('lua')) tell('ISTIO904', spec, 'one of `wasm` and `lua` is required');
  if (wasm) tellModule(wasm, tell);
  tellTraffic(spec, tell);
};

const tellTraffic = (spec: Field, tell: Tell): void => {
  for (const match of spec.list('match')) {
    for (const port of match.list('ports')) tellPort(port.at('number'), tell);
  }
};

/** Where a WebAssembly module is, and what it sees of its machine. */
const tellModule = (wasm: Field, tell: Tell): void => {
  const url = wasm.at('url');
  const address = url?.asText();
  if (url && address && !isModuleUrl(address)) {
    tell('ISTIO907', url, `\`${address}\` is no address of http, https, oci or file`);
  }
  const hash = wasm.at('sha256');
  const digest = hash?.asText();
  if (hash && digest && !/^[0-9a-f]{64}$/.test(digest)) tell('ISTIO907', hash, `\`${digest}\` is no SHA-256 digest`);
  const names = new Set<string>();
  for (const variable of wasm.at('vmConfig')?.list('env') ?? []) {
    const name = variable.text('name') ?? '';
    if (names.has(name)) tell('ISTIO908', variable, `two variables are called \`${name}\``);
    names.add(name);
    if (variable.text('valueFrom') === 'HOST' && variable.has('value')) {
      tell('ISTIO905', variable, '`value` and `valueFrom: HOST` exclude each other');
    }
  }
};

/** With a scheme, or the name of an image without one. */
const isModuleUrl = (text: string): boolean => {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (scheme !== undefined) return /^(?:https?|oci|file)$/i.test(scheme);
  return /^[\w.:/@-]+$/.test(text);
};
