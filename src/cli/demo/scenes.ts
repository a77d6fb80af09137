import { exit } from '../exit.ts';
import { scaleBehindTheBack } from './console.ts';

export interface Scene {
  readonly title: string;
  /** Files to write first, made from the example's text. */
  files?(manifest: string): Readonly<Record<string, string>>;
  /** Something that happens outside Keystead. */
  behindTheBack?(environment: Readonly<Record<string, string>>): Promise<void>;
  /** In order, each with the exit code that it must end with. */
  readonly commands: readonly { readonly args: readonly string[]; readonly ends: number }[];
}

/** What the demo shows; every step's exit code is checked. */
export const scenes: readonly Scene[] = [
  {
    title: 'A mistake, found offline: nothing authorizes the service to read its key',
    files: (manifest) => ({ 'mistake.yaml': manifest.replace(/^authorizations:\n(?: .*\n|\n)*/m, '') }),
    commands: [{ args: ['validate', 'mistake.yaml'], ends: exit.invalid }],
  },
  {
    title: 'Put right: what would be made, and in which order',
    commands: [
      { args: ['validate', 'keystead.yaml'], ends: exit.ok },
      { args: ['plan', 'keystead.yaml', '--detailed-exitcode'], ends: exit.changes },
    ],
  },
  {
    title: 'Make it so, then look again: nothing is left to do',
    commands: [
      { args: ['apply', 'keystead.yaml', '--auto-approve'], ends: exit.ok },
      { args: ['plan', 'keystead.yaml', '--detailed-exitcode'], ends: exit.ok },
    ],
  },
  {
    title: 'Meanwhile somebody scales the deployment in the console: the plan shows it, apply repairs it',
    behindTheBack: scaleBehindTheBack,
    commands: [
      { args: ['plan', 'keystead.yaml', '--detailed-exitcode'], ends: exit.changes },
      { args: ['apply', 'keystead.yaml', '--auto-approve'], ends: exit.ok },
      { args: ['plan', 'keystead.yaml', '--detailed-exitcode'], ends: exit.ok },
    ],
  },
];
