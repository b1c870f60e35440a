import { describe, expect, it } from 'vitest';
import { locate } from './locate.ts';
import { parseText } from './parse.ts';

const objectsIn = (file: string, text: string) =>
  parseText(file, text).objects.map(({ ref: { kind, name } }) => `${kind} ${name}`);

/** Line and column of a path of the first object. */
const placeOf = (file: string, text: string, path: string): string => {
  const parsed = parseText(file, text);
  const place = locate(new Map([[file, parsed.text]]), { object: parsed.objects.at(-1)!.ref, path });
  return `${place?.line}:${place?.column}`;
};

describe('entries of the API and the command line', () => {
  it('are known by kind and name, in any spelling', () => {
    expect(objectsIn('a.json', '{ "Kind": "service-router", "Name": "web", "Routes": [] }')).toEqual([
      'ServiceRouter web',
    ]);
    expect(objectsIn('a.yaml', 'kind: service-defaults\nname: web\nprotocol: http')).toEqual(['ServiceDefaults web']);
    expect(objectsIn('a.hcl', 'Kind = "jwt-provider"\nName = "id"')).toEqual(['JWTProvider id']);
  });

  it('have the one name where there is only one of a kind', () => {
    expect(objectsIn('a.hcl', 'kind = "mesh"')).toEqual(['Mesh mesh']);
    expect(objectsIn('a.hcl', 'kind = "proxy-defaults"')).toEqual(['ProxyDefaults global']);
    expect(objectsIn('a.hcl', 'kind = "service-router"')).toEqual([]);
  });

  it('follow each other in a stream of JSON', () => {
    const entry = (name: string): string => `{ "Kind": "service-defaults", "Name": "${name}" }`;
    expect(objectsIn('a.json', `${entry('a')}\n${entry('b')}`)).toEqual(['ServiceDefaults a', 'ServiceDefaults b']);
  });

  it('are found in the configuration of an agent, which is one itself where it says who is let in', () => {
    const entries = 'config_entries { bootstrap = [{ kind = "mesh" }, { kind = "service-defaults" name = "web" }] }';
    expect(objectsIn('a.hcl', entries)).toEqual(['Mesh mesh', 'ServiceDefaults web']);
    expect(objectsIn('a.hcl', `default_intention_policy = "deny"\n${entries}`)).toEqual([
      'AgentConfiguration agent',
      'Mesh mesh',
      'ServiceDefaults web',
    ]);
  });

  it('leave objects of Kubernetes and other files as they are', () => {
    expect(objectsIn('a.yaml', 'apiVersion: v1\nkind: Service\nmetadata: { name: web }')).toEqual(['Service web']);
    expect(objectsIn('a.json', '{ "kind": "unknown-kind", "name": "web" }')).toEqual([]);
    expect(objectsIn('a.hcl', 'resource "aws" "x" { acl = "private" }')).toEqual([]);
  });
});

describe('places', () => {
  const routes = 'kind = "service-router"\nname = "web"\nroutes = [\n  { match { http { path_prefix = "/a" } } },\n]';

  it('are those of the words in the file', () => {
    expect(placeOf('a.hcl', routes, 'routes[0].match.http.path_prefix')).toBe('4:20');
    expect(placeOf('a.json', '{ "Kind": "mesh",\n  "TLS": { "Incoming": 1 } }', 'TLS.Incoming')).toBe('2:12');
  });

  it('are those of an entry within the configuration of an agent', () => {
    const text = 'config_entries {\n  bootstrap {\n    kind = "mesh"\n    tls { incoming = 1 }\n  }\n}';
    expect(placeOf('a.hcl', text, 'tls.incoming')).toBe('4:11');
  });

  it('are told of what is no HCL', () => {
    const [finding] = parseText('a.hcl', 'kind = "mesh"\ntls = var.tls').findings;
    expect([finding?.code, finding?.place?.line, finding?.place?.column]).toEqual(['FILE015', 2, 7]);
  });
});
