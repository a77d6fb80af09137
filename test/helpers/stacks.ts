import type { Keystead } from './keystead.ts';

const HEAD = 'apiVersion: keystead/v1\naccount: 0123456789abcdef0123456789abcdef\ndefaults: { region: us-south }\n';

/** A manifest of one stack; `body` is what follows its head. */
export function stackOf(stack: string, body: string): string {
  return `${HEAD}stack: ${stack}\n${body}`;
}

/** The vault that several stacks use, made by a stack of its own. */
const infra = stackOf('infra', 'keyProtectInstances:\n  vault: {}\n');

/** The vault as the other stacks see it. */
export const vaultOfInfra = 'keyProtectInstances:\n  vault: { existing: true }\n';

/** The same authorization, as each stack that deploys Data Virtualization on the vault declares it. */
export function reads(name = 'dv-reads-vault', more = 'roles: [Reader]'): string {
  return `  ${name}: { source: data-virtualization, target: vault, ${more} }\n`;
}

/** Makes the vault. */
export async function withInfra(keystead: Keystead): Promise<void> {
  await keystead.write(infra);
  await keystead.apply();
}

/** Writes a stack's manifest: the vault of the others, and what it declares itself. */
export async function declare(keystead: Keystead, stack: string, body: string): Promise<void> {
  await keystead.write(stackOf(stack, vaultOfInfra + body));
}

/** Each change in a line. */
export async function linesOf(keystead: Keystead, allow: readonly string[] = []): Promise<readonly string[]> {
  const { plan } = await keystead.plan({ allow });
  return plan.changes.map(
    ({ address, verb, status }) => `${address} ${verb} ${status.is === 'blocked' ? status.code : status.is}`,
  );
}

/** What blocked changes ask for, as it is pasted from the plan. */
export async function remediesOf(keystead: Keystead): Promise<readonly string[]> {
  return [...(await keystead.planText()).matchAll(/--allow ([a-z]+:[a-z0-9.-]+)/g)].map(([, word = '']) => word);
}
