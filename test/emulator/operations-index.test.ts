import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Service } from '../../src/emulator/core/account/catalog.ts';
import type { Operation } from '../../src/emulator/core/world.ts';
import { services } from '../../src/emulator/services/table.ts';
import { type Api, apis } from '../../src/emulator/surface.ts';
import { notEmulated } from '../conformance/scope.ts';

const file = join(import.meta.dirname, '../../src/emulator/BEHAVIOUR.md');
const heading = '## Operations';
const first = '## Services, one by one';

/** What the end of BEHAVIOUR.md must say, from the one list of operations and the one list of what is out of scope. */
function index(): string {
  const lead =
    'Generated from `surface.ts` and `test/conformance/scope.ts` by `npm run golden -- test/emulator/operations-index`. ' +
    'What is judged of an operation is said beside it; single rules are above.';
  return [servicesTable(), heading, lead, ...apis.map(section)].join('\n\n');
}

function section({ name, operations }: Api): string {
  // A path with a `{rest}` catches ids that were not encoded: it is no operation.
  const real = operations.filter(({ path }) => !path.includes('{rest}'));
  const rows = real.filter((operation, at) => !real.slice(0, at).some((other) => isSame(other, operation)));
  const missing = Object.entries(notEmulated[name] ?? {});
  const out = [...new Set(missing.map(([, why]) => why))].map((why) => {
    const members = missing.filter((one) => one[1] === why).map(([operation]) => `\`${operation}\``);
    return `501, ${why}: ${members.join(', ')}.`;
  });
  const lines = rows.map(({ name: operation, method, path, judged }) => [
    `\`${operation}\``,
    `\`${method} ${path}\``,
    judged === undefined ? 'supported' : `judged: ${judged}`,
  ]);
  return [`### ${name}`, table(['operation', 'call', 'is'], lines), ...out].join('\n\n');
}

const day = 24 * 60 * 60 * 1000;

/** What each service does, and what of it is judged. */
function servicesTable(): string {
  const lead =
    'Generated from `services/table.ts`, like the operations below. What is not said to be judged is from the ' +
    'deployments reference: "Binding table", "Behaviour on key lifecycle", "Reclamation windows". Each service goes ' +
    'through all of it in `test/emulator/services-each.test.ts`; single rules are above.';
  const heads = ['service', 'key in: roles', 'create', 'a destroyed key', 'kept when deleted', 'judged'];
  return [first, lead, table(heads, services.map(serviceRow))].join('\n\n');
}

function serviceRow(service: Service): readonly string[] {
  const { name, keyParameters, provisions, reclamationMs, unreclaimable, destructionIsFinal, judged } = service;
  const needs = keyParameters.map(({ name: parameter, roles, plansWithDelegation = [] }) => {
    const more = plansWithDelegation.map((plan) => `AuthorizationDelegator on ${plan}`);
    return `\`${parameter}\`: ${[...roles, ...more].join(', ')}`;
  });
  return [
    `\`${name}\``,
    needs.join('; ') || 'no key',
    provisions === 'sync' ? '201, active' : '202, provisioning',
    needs.length === 0 ? '' : destructionIsFinal === true ? 'locks for good' : 'locks, a restored one frees',
    `${reclamationMs / day} days${unreclaimable.length > 0 ? ', Lite not at all' : ''}`,
    judged,
  ];
}

/** With columns of one width, as the formatter wants them. */
function table(heads: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const row = (cells: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [row(heads, ' '), row([], '-'), ...lines.map((line) => row(line, ' '))].join('\n');
}

function isSame(one: Operation, other: Operation): boolean {
  return one.method === other.method && one.path === other.path;
}

test('the index of services and operations in BEHAVIOUR.md is what the emulator has', () => {
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf(`${first}\n`);
  const before = start < 0 ? text : text.slice(0, start);
  if (process.env['KEYSTEAD_GOLDEN'] === 'write') writeFileSync(file, `${before.trimEnd()}\n\n${index()}\n`);
  expect(readFileSync(file, 'utf8').slice(before.length).trim()).toBe(index());
});

test('every operation has one method and path, and a name', () => {
  for (const { operations } of apis) {
    expect(operations.filter(({ name, path }) => name === '' || !path.startsWith('/'))).toEqual([]);
  }
});
