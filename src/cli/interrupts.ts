import { exit } from './exit.ts';

/**
 * The first SIGINT or SIGTERM asks for an orderly end: requests in flight are finished, nothing new is begun. A second
 * one ends the process at once.
 */
export function watchInterrupts(note: (text: string) => void): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === 'SIGTERM' ? exit.terminated : exit.interrupted);
    note(`\n${name}: finishing what is in flight; once more ends at once\n`);
    controller.abort(name);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stop() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
