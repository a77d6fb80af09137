import { exitOfApply } from '../../src/cli/exit.ts';
import type { Change } from '../../src/model/change.ts';
import { liveWorld } from './console.ts';
import type { Keystead } from './keystead.ts';
import { at, authorizeNeighbor } from './platform.ts';

const NEVER = new AbortController().signal;

/** A vault, and one key `root` in it with these fields, as YAML in braces or below. */
export function oneKey(fields: string, more = ''): string {
  return `apiVersion: keystead/v1
stack: prod
account: 0123456789abcdef0123456789abcdef
defaults: { region: us-south }
keyProtectInstances:
  vault: {}
${more}keys:
  root: { instance: vault${fields === '' ? '' : `, ${fields}`} }
`;
}

/** One run: its plan's changes as `sign-less` words, and how it ended. */
export async function run(
  keystead: Keystead,
  manifest: string,
  allow: readonly string[] = [],
  { apiKey }: { readonly apiKey?: string } = {},
): Promise<{ readonly exit: number; readonly changes: readonly string[] }> {
  await keystead.write(manifest);
  if (liveWorld(keystead.emulator).policies.length === 0) await authorizeNeighbor(keystead.api);
  const words = { allow, ...(apiKey === undefined ? {} : { apiKey }) };
  const { plan } = await keystead.plan(words);
  return {
    exit: exitOfApply(await keystead.apply({ ...words, waitMs: 60_000 }), NEVER),
    changes: plan.changes.map(inWords),
  };
}

/** `key.root enable ready`, with the code or the conditions where it is held. */
function inWords({ address, verb, status }: Change): string {
  const how =
    status.is === 'blocked'
      ? status.code
      : status.is === 'deferred'
        ? status.until.map(({ when }) => when).join(' ')
        : status.is;
  return `${address} ${verb} ${how}`;
}

/** The key as the emulator itself has it. */
export function keyRow({ emulator }: Keystead, name = 'root'): unknown {
  return Object.values(at(emulator.state(), 'key-protect/keys') ?? {}).find((row) => at(row, 'name') === name);
}

export function stateOf(keystead: Keystead): unknown {
  return at(keyRow(keystead), 'state');
}
