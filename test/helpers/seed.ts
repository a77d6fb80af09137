import fc from 'fast-check';

/**
 * Properties take the same cases in every run, so that a change is never red for what it did not touch.
 * `KEYSTEAD_SEED=random`, or a number, takes others: that is how faults are found.
 */
const wish = process.env['KEYSTEAD_SEED'] ?? '20261124';
if (wish !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wish) });
