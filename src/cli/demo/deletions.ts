import { exit } from '../exit.ts';
import { FINGERPRINT, type Scene } from './scene.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** A second stack, which uses the first one's vault. */
const reports = `apiVersion: keystead/v1
stack: reports-prod
account: 0123456789abcdef0123456789abcdef

defaults:
  region: us-south

keyProtectInstances:
  vault: { existing: true } # lakehouse-prod owns it

keys:
  reports-root:
    instance: vault

authorizations:
  dv-reads-vault:
    source: data-virtualization
    target: vault
    roles: [Reader]

deployments:
  reports:
    service: data-virtualization
    plan: enterprise
    encryption: { key: reports-root }
`;

/** The same with its key to be destroyed although a deployment uses it. */
const shredded = reports.replace('  reports-root:\n', '  reports-root:\n    state: absent\n    cryptoshred: true\n');

/**
 * The demo's second half: what ends, when, and by whose consent.
 *
 * @param file holds the first stack
 * @param manifest its text, with nothing in it to end yet
 */
export function deletions(file: string, manifest: string): readonly Scene[] {
  return [waitingDeletion(file, manifest), cryptoshredding, restore];
}

function waitingDeletion(file: string, manifest: string): Scene {
  const tombstones = manifest.replace(
    /^ {2}(?:dv-root|dv-reads-vault):\n|^deployments:\n {2}.*\n/gm,
    '$&    state: absent\n',
  );
  const apply = { does: 'run', args: ['apply', file, '--auto-approve'] } as const;
  return {
    title: 'Deletion that must wait: a deleted deployment holds its key for days, and the key its authorization',
    steps: [
      { does: 'write', file, text: tombstones },
      { ...apply, ends: exit.deferred, shows: /dv-root.* deferred: .* up to 9 days/ },
      { does: 'run', args: ['plan', file], ends: exit.ok, shows: /dv-root.* deferred: .* at the latest \d{4}-/ },
      {
        does: 'happen',
        what: "Nine days later (the emulator's clock is moved):",
        by: async ({ passTime }) => passTime(9 * DAY_MS),
      },
      { ...apply, ends: exit.ok, shows: /0 created, 0 changed, 2 deleted\./ },
    ],
  };
}

const apply = ['apply', 'reports.yaml', '--auto-approve'] as const;
const consent = ['--allow', 'cryptoshred:key.reports-root'] as const;

const cryptoshredding: Scene = {
  title: 'Cryptoshredding: a key in use is destroyed only by its manifest and by consent to that very plan',
  steps: [
    { does: 'write', file: 'reports.yaml', text: reports },
    { does: 'run', args: apply, ends: exit.ok },
    { does: 'write', file: 'reports.yaml', text: shredded },
    { does: 'run', args: apply, ends: exit.refused, shows: /CONSENT_NEEDED/ },
    { does: 'run', args: ['plan', 'reports.yaml', ...consent], ends: exit.ok, shows: /^Fingerprint: /m },
    { does: 'run', args: [...apply, ...consent, '--expect', FINGERPRINT], ends: exit.ok, shows: /1 cryptoshredded/ },
    { does: 'look', deployment: 'reports', locked: true },
  ],
};

const restore: Scene = {
  title: 'Restored within thirty days, by consent: it is the same key, and its deployment opens again',
  steps: [
    // Key Protect restores no key within thirty seconds of its deletion.
    { does: 'happen', what: 'A minute later somebody wants it back.', by: async ({ passTime }) => passTime(MINUTE_MS) },
    { does: 'write', file: 'reports.yaml', text: reports },
    { does: 'run', args: ['drift', 'reports.yaml'], ends: exit.changes, shows: /can be restored until/ },
    { does: 'run', args: [...apply, '--allow', 'restore:key.reports-root'], ends: exit.ok, shows: /1 restored/ },
    { does: 'look', deployment: 'reports', locked: false },
  ],
};
