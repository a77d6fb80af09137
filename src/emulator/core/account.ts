import { EmulatorError } from './emulator-error.ts';
import type { Store } from './store.ts';

/** The account, unless a seed says another one. */
const usual = '0123456789abcdef0123456789abcdef';

/** Says which account a data file is of, where it is not the usual one. A reset leaves it alone. */
export const accountTable = 'core/account';

interface AccountRecord {
  readonly id: string;
}

/**
 * Which account this is: that of the data file, or of the seed in a fresh one.
 * @param isFresh nothing was made in it yet
 * @throws EmulatorError when the seed is of another account than the data file, whose CRNs all carry its own
 */
export function accountOf(store: Store, isFresh: boolean, seeded: string | undefined): string {
  const kept = store.table<AccountRecord>(accountTable).get('account')?.id ?? (isFresh ? undefined : usual);
  if (kept !== undefined && seeded !== undefined && kept !== seeded) {
    throw new EmulatorError(
      `The data file is of the account ${kept}, the seed of ${seeded}.`,
      'Use a data file of its own for each account, or leave "account" out of the seed.',
    );
  }
  return kept ?? seeded ?? usual;
}

/** Keeps it in the data file. */
export function keepAccount(store: Store, id: string): void {
  const table = store.table<AccountRecord>(accountTable);
  if (id !== usual && table.get('account') === undefined) table.put('account', { id });
}
