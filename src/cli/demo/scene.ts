import type { ExitCode } from '../exit.ts';
import type { Outside } from './outside.ts';

export interface Scene {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** What a scene is made of; whatever does not end as told ends the demo with an error. */
export type Step =
  /** A file is written; what changes in it is shown. */
  | { readonly does: 'write'; readonly file: string; readonly text: string }
  | {
      readonly does: 'run';
      /** `FINGERPRINT` stands for the one that the last command has printed. */
      readonly args: readonly string[];
      readonly ends: ExitCode;
      /** What it must have printed. */
      readonly shows?: RegExp;
    }
  /** Something that Keystead has no part in. */
  | { readonly does: 'happen'; readonly what: string; readonly by: (outside: Outside) => Promise<void> }
  /** What the service itself says of its deployment, which no API of IBM shows. */
  | { readonly does: 'look'; readonly deployment: string; readonly locked: boolean };

/** Stands in a command's arguments. */
export const FINGERPRINT = 'FINGERPRINT';
