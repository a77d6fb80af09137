import { InvalidArgumentError } from 'commander';
import type { Change, Plan } from '../model/change.ts';
import { addressIn, consentHelp, refusalOf } from '../model/consent.ts';
import { SafetyRefusal } from '../model/errors.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { rowOf } from '../model/verbs.ts';
import { closestOf } from './addresses.ts';

/** Collects `--allow`; a word that consents to nothing is an error, not a silence. */
export function collectConsent(word: string, before: readonly string[]): string[] {
  const refusal = refusalOf(word);
  if (refusal !== undefined) throw new InvalidArgumentError(refusal);
  return [...before, word];
}

/** What `--allow` takes, below the help of a command. */
export function helpOnConsents(): string {
  const width = Math.max(...consentHelp.map(([written]) => written.length));
  const lines = consentHelp.map(([written, help]) => `  ${written.padEnd(width)}  ${help}`);
  return ['', 'Consents, as a plan names them:', ...lines].join('\n');
}

/**
 * Warnings about consents to steps on what is neither declared nor owned: most likely a slip of the pen. No error, since a
 * pipeline may keep a flag for longer than the block that it was for.
 *
 * @returns lines for stderr; empty where there is nothing to say
 */
export function strayConsents(
  consents: readonly string[],
  { desired }: Pick<PlanInput, 'desired'>,
  { orphans }: Pick<Plan, 'orphans'>,
): string {
  const known = [...desired, ...orphans].map(({ address }) => address);
  return consents
    .flatMap((consent) => {
      const address = addressIn(consent);
      if (address === undefined || known.includes(address)) return [];
      const message = `nothing is declared as ${address}, so \`--allow ${consent}\` does nothing`;
      return [`warning[UNKNOWN_ADDRESS]: ${message}\nhelp: ${closestOf(address, known)}\n`];
    })
    .join('');
}

/** Changes whose consent takes effect only together with the plan that was reviewed. */
export function boundIn({ changes }: Pick<Plan, 'changes'>): readonly Change[] {
  return changes.filter(({ verb, status }) => rowOf(verb).consent?.bound && status.is !== 'blocked');
}

/** @throws SafetyRefusal `EXPECT_NEEDED` naming the flags */
export function requireExpected(plan: Plan, expect: string | undefined): void {
  const [first, ...more] = boundIn(plan);
  if (first === undefined || expect !== undefined) return;
  const allows = [first, ...more].map(({ verb, address }) => `--allow ${verb}:${address}`).join(' ');
  throw new SafetyRefusal('EXPECT_NEEDED', `${rowOf(first.verb).doing} must be bound to the plan that was reviewed`, {
    remedy: `review the plan above, then go on with \`${allows} --expect ${plan.fingerprint}\``,
  });
}
