import { exit } from '../exit.ts';
import { deletions } from './deletions.ts';
import type { Scene, Step } from './scene.ts';

/**
 * What the demo shows.
 *
 * @param manifest the first example's text, which is `keystead.yaml` from the second scene on
 */
export function scenesOf(manifest: string): readonly Scene[] {
  const file = 'keystead.yaml';
  const apply: Step = { does: 'run', args: ['apply', file, '--auto-approve'], ends: exit.ok };
  const plan: Step = { does: 'run', args: ['plan', file, '--detailed-exitcode'], ends: exit.changes };
  return [
    {
      title: 'A mistake, found offline: nothing authorizes the service to read its key',
      steps: [
        { does: 'write', file, text: manifest.replace(/^authorizations:\n(?: .*\n|\n)*/m, '') },
        { does: 'run', args: ['validate', file], ends: exit.invalid, shows: /NOT_AUTHORIZED/ },
      ],
    },
    {
      title: 'Put right: what would be made, and in which order',
      steps: [{ does: 'write', file, text: manifest }, plan],
    },
    {
      title: 'Make it so, then look again: nothing is left to do',
      steps: [apply, { ...plan, ends: exit.ok }],
    },
    {
      title: 'Drift: what somebody changed outside is found, and repaired',
      steps: [
        {
          does: 'happen',
          what: 'Somebody gives the deployment five workers in the console.',
          async by({ scale, setPace }) {
            // Waiting was shown; from here on only days take time.
            setPace(0);
            await scale('lakehouse', 5);
          },
        },
        { does: 'run', args: ['drift', file], ends: exit.changes, shows: /worker_count\s+5 → 3/ },
        apply,
      ],
    },
    ...deletions(file, manifest),
  ];
}
