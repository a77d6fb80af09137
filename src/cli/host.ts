import type { Clock } from '../cloud/clock.ts';

/**
 * What a command is run in: its environment and its streams. A process is one; whoever runs commands inside another process
 * brings their own. Paths are relative to the process's current directory, and signals are the process's, in any case.
 */
export interface Host {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: HostStream;
  readonly stderr: HostStream;
  /** How time passes for commands that wait. Absent: as it does on this machine. */
  readonly clock?: Clock;
}

interface HostStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}
