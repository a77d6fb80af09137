import type { Disposition } from '../../src/emulator/core/settings.ts';

const wish = process.env['KEYSTEAD_DISPOSITION'] ?? 'kind';
if (wish !== 'kind' && wish !== 'harsh') throw new Error(`KEYSTEAD_DISPOSITION must be kind or harsh, not ${wish}`);

/** How emulators of tests take what sources leave open: `KEYSTEAD_DISPOSITION`, by which a whole run is at harsh. */
export const disposition: Disposition = wish;
