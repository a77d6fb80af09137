import { InvalidArgumentError } from 'commander';
import type { Plan } from '../model/change.ts';
import { SafetyRefusal } from '../model/errors.ts';
import type { Wanted } from '../pipeline.ts';
import { closestOf } from './addresses.ts';

/** What `--allow` takes. */
const CONSENT =
  /^(?:adopt|(?:adopt|takeover|restore|disable|renew-deletion|cryptoshred|reclaim|purge|delete):[a-z-]+\.[a-z0-9-]+|deletes:\d+)$/;

/** Collects `--allow`; a word that consents to nothing is an error, not a silence. */
export function collectConsent(word: string, before: readonly string[]): string[] {
  if (!CONSENT.test(word)) {
    throw new InvalidArgumentError(
      'Use adopt:, takeover:, restore:, disable:, renew-deletion:, cryptoshred:, reclaim:, purge: or delete: with an address such as key.dv-root; adopt; or deletes:N.',
    );
  }
  return [...before, word];
}

/**
 * Warnings about consents to steps on what is neither declared nor owned: most likely a slip of the pen. No error, since a
 * pipeline may keep a flag for longer than the block that it was for.
 *
 * @returns lines for stderr; empty where there is nothing to say
 */
export function strayConsents(
  consents: readonly string[],
  { desired }: Pick<Wanted, 'desired'>,
  { orphans }: Pick<Plan, 'orphans'>,
): string {
  const known = [...desired.map((one) => one.address), ...orphans.map((one) => one.address)];
  return consents
    .map((consent) => ({ consent, address: consent.split(':')[1] }))
    .filter(({ address }) => address?.includes('.') && !known.some((one) => one === address))
    .map(({ consent, address = '' }) => {
      const message = `nothing is declared as ${address}, so \`--allow ${consent}\` does nothing`;
      return `warning[UNKNOWN_ADDRESS]: ${message}\nhelp: ${closestOf(address, known)}\n`;
    })
    .join('');
}

/**
 * A consent to cryptoshredding is bound to the plan that was reviewed: it takes effect only with its fingerprint.
 *
 * @throws SafetyRefusal `EXPECT_NEEDED` naming the flags
 */
export function requireExpected({ changes, fingerprint }: Plan, expect: string | undefined): void {
  const shredded = changes.filter(({ verb, status }) => verb === 'cryptoshred' && status.is !== 'blocked');
  if (shredded.length === 0 || expect !== undefined) return;
  const allows = shredded.map(({ address }) => `--allow cryptoshred:${address}`).join(' ');
  throw new SafetyRefusal('EXPECT_NEEDED', 'cryptoshredding must be bound to the plan that was reviewed', {
    remedy: `review the plan above, then go on with \`${allows} --expect ${fingerprint}\``,
  });
}
