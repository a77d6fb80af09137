import { exitOfSignal } from './exit.ts';

export interface Interrupts {
  /** Aborted by the first interrupt; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** As if this signal had come. */
  interrupt(name: NodeJS.Signals): void;
  stop(): void;
}

/**
 * The first SIGINT or SIGTERM asks for an orderly end: requests in flight are finished, nothing new is begun. A second
 * one ends the process at once.
 */
export function watchInterrupts(note: (text: string) => void): Interrupts {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(exitOfSignal(controller.signal));
    note(`\n${name}: finishing what is in flight; once more ends at once\n`);
    controller.abort(name);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    interrupt: onSignal,
    stop() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
