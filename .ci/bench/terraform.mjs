// The same resources for Terraform, as its built-in `terraform_data`: no provider process and no network, which favours
// Terraform.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shapeOf } from './manifests.mjs';
import { run } from './process.mjs';

const version = spawnSync('terraform', ['version', '-json'], { encoding: 'utf8', env: environment() });
/** Undefined where there is no terraform. */
export const terraformVersion = version.error ? undefined : JSON.parse(version.stdout).terraform_version;

function environment() {
  const { TF_CLI_CONFIG_FILE: _, ...rest } = process.env;
  return { ...rest, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
}

export function terraform(folder, args, options) {
  return run('terraform', [...args, '-no-color'], { cwd: folder, env: environment(), ...options });
}

/** @param live whether a state is written in which all of it exists */
export async function writeConfiguration(folder, resources, { live = false } = {}) {
  mkdirSync(folder, { recursive: true });
  const blocks = [];
  for (const { name, triples } of shapeOf(resources)) {
    const mine = [block(name, { name }), ...triples.flatMap((nth) => triple(name, nth))];
    blocks.push(...mine);
    writeFileSync(join(folder, `${name}.tf`), `${mine.map(written).join('\n')}\n`);
  }
  await terraform(folder, ['init', '-input=false']);
  if (live) writeFileSync(join(folder, 'terraform.tfstate'), stateOf(blocks));
  return folder;
}

export function forget(folder) {
  for (const file of ['terraform.tfstate', 'terraform.tfstate.backup']) rmSync(join(folder, file), { force: true });
}

/** An input is text, or a reference to the id of another block. */
const idOf = (label) => ({ of: label });

function triple(vault, nth) {
  const [key, grant, lake] = ['key', 'grant', 'lake'].map((word) => `${word}-${nth}`);
  return [
    block(key, { name: key, instance: idOf(vault) }),
    block(grant, { source: 'data-virtualization', target: idOf(key), role: 'Reader' }),
    block(
      lake,
      { name: lake, service: 'data-virtualization', plan: 'enterprise', region: 'us-south', key: idOf(key) },
      [grant],
    ),
  ];
}

function block(label, input, after = []) {
  return { label, input, after };
}

function written({ label, input, after }) {
  const members = Object.entries(input).map(
    ([name, value]) => `    ${name} = ${typeof value === 'string' ? `"${value}"` : `terraform_data.${value.of}.id`}`,
  );
  const depends = after.length === 0 ? [] : [`  depends_on = [${after.map((one) => `terraform_data.${one}`)}]`];
  return [`resource "terraform_data" "${label}" {`, '  input = {', ...members, '  }', ...depends, '}'].join('\n');
}

/** State format 4, as Terraform 1.11 writes it. */
function stateOf(blocks) {
  const ids = new Map(blocks.map(({ label }, index) => [label, uuid(index)]));
  const resources = blocks.map(({ label, input, after }) => {
    const entries = Object.entries(input);
    const value = Object.fromEntries(
      entries.map(([name, one]) => [name, typeof one === 'string' ? one : ids.get(one.of)]),
    );
    const dynamic = { value, type: ['object', Object.fromEntries(entries.map(([name]) => [name, 'string']))] };
    const direct = [...entries.flatMap(([, one]) => (typeof one === 'string' ? [] : [one.of])), ...after];
    return {
      mode: 'managed',
      type: 'terraform_data',
      name: label,
      provider: 'provider["terraform.io/builtin/terraform"]',
      instances: [
        {
          schema_version: 0,
          attributes: { id: ids.get(label), input: dynamic, output: dynamic, triggers_replace: null },
          sensitive_attributes: [],
          dependencies: direct.map((one) => `terraform_data.${one}`),
        },
      ],
    };
  });
  const state = { version: 4, terraform_version: '1.11.4', serial: 1, lineage: uuid(0), outputs: {}, resources };
  return JSON.stringify({ ...state, check_results: null }, null, 2);
}

function uuid(number) {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}
