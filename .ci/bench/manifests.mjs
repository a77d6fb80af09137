// What is measured: triples of a key, an authorization on that key and a deployment under it, in Key Protect instances of
// at most 900 keys; written as Keystead's manifests and as Terraform's configuration, a file an instance.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ACCOUNT = '0123456789abcdef0123456789abcdef';
export const STACK = 'bench';
const KEYS_AN_INSTANCE = 900;

/**
 * @param resources how many all in all, instances counted; what no triple fits into any more is left out
 * @returns the instances by name, each with its triples by number
 */
export function shapeOf(resources) {
  const instances = Math.ceil(resources / (3 * KEYS_AN_INSTANCE + 1));
  const triples = Math.floor((resources - instances) / 3);
  return Array.from({ length: instances }, (_, index) => {
    const first = Math.floor((triples * index) / instances);
    const last = Math.floor((triples * (index + 1)) / instances);
    return { name: `vault-${index}`, triples: Array.from({ length: last - first }, (__, nth) => first + nth) };
  });
}

/** @param absent whether the whole stack is to be deleted */
export function writeManifests(folder, resources, { absent = false } = {}) {
  mkdirSync(folder, { recursive: true });
  const top = [
    'apiVersion: keystead/v1',
    `stack: ${STACK}`,
    `account: ${ACCOUNT}`,
    ...(absent ? ['state: absent', 'safety: { maxDeletes: 1000000 }'] : []),
    'defaults: { region: us-south }',
  ];
  shapeOf(resources).forEach(({ name, triples }, index) => {
    const map = (block, line) => [`${block}:`, ...triples.map(line)];
    const lines = [
      ...(index === 0 ? top : ['apiVersion: keystead/v1']),
      'keyProtectInstances:',
      `  ${name}: {}`,
      ...map('keys', (nth) => `  key-${nth}:\n    instance: ${name}`),
      ...map(
        'authorizations',
        (nth) =>
          `  grant-${nth}:\n    source: data-virtualization\n    target: { key: key-${nth} }\n    roles: [Reader]`,
      ),
      ...map(
        'deployments',
        (nth) =>
          `  lake-${nth}:\n    service: data-virtualization\n    plan: enterprise\n    encryption: { key: key-${nth} }`,
      ),
    ];
    writeFileSync(join(folder, `${name}.yaml`), `${lines.join('\n')}\n`);
  });
  return folder;
}

/** Sets as users of IBM's provider have them: a key with an alias and a rotation policy, an authorization, a deployment. */
export function writeSets(folder, sets) {
  mkdirSync(folder, { recursive: true });
  const numbers = Array.from({ length: sets }, (_, nth) => nth);
  const lines = [
    'apiVersion: keystead/v1',
    `stack: ${STACK}`,
    `account: ${ACCOUNT}`,
    'defaults: { region: us-south }',
    'keyProtectInstances:',
    '  vault-0: {}',
    'keys:',
    ...numbers.map(
      (nth) => `  key-${nth}: { instance: vault-0, aliases: [app-key-${nth}], rotation: { intervalMonths: 3 } }`,
    ),
    'authorizations:',
    ...numbers.map(
      (nth) => `  grant-${nth}: { source: data-virtualization, target: { key: key-${nth} }, roles: [Reader] }`,
    ),
    'deployments:',
    ...numbers.map(
      (nth) => `  lake-${nth}: { service: data-virtualization, plan: enterprise, encryption: { key: key-${nth} } }`,
    ),
  ];
  writeFileSync(join(folder, 'sets.yaml'), `${lines.join('\n')}\n`);
  return folder;
}
