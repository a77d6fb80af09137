import type { Guard } from './guard.ts';

/** What takes over may be known to services in minutes only; until then nothing goes that it takes over from. */
export const propagation: Guard = ({ effect: { awaiting } }) =>
  awaiting === undefined ? undefined : { is: 'deferred', until: [awaiting.until] };
