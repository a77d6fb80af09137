import { KeysteadError } from '../../model/errors.ts';
import { exit } from '../exit.ts';
import type { Outside } from './outside.ts';
import type { Stage } from './stage.ts';

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

const FILE = 'keystead.yaml';

/**
 * What the demo shows, from the first plan to a key that is restored.
 *
 * @param manifest the first example's text, which is `keystead.yaml` from the second scene on
 */
export async function play(manifest: string, stage: Stage, outside: Outside): Promise<void> {
  await creation(manifest, stage);
  await drift(stage, outside);
  await waitingDeletion(manifest, stage, outside);
  await cryptoshredding(stage, outside);
}

async function creation(manifest: string, { scene, write, run }: Stage): Promise<void> {
  scene('A mistake, found offline: nothing authorizes the service to read its key');
  await write(FILE, manifest.replace(/^authorizations:\n(?: .*\n|\n)*/m, ''));
  await run(`validate ${FILE}`, exit.invalid, /NOT_AUTHORIZED/);

  scene('Put right: what would be made, and in which order');
  await write(FILE, manifest);
  await run(`plan ${FILE} --detailed-exitcode`, exit.changes);

  scene('Make it so, then look again: nothing is left to do');
  await run(`apply ${FILE} --auto-approve`, exit.ok);
  await run(`plan ${FILE} --detailed-exitcode`, exit.ok);
}

async function drift({ scene, run, happens }: Stage, { scale, setPace }: Outside): Promise<void> {
  scene('Drift: what somebody changed outside is found, and repaired');
  // Waiting was shown; from here on only days take time.
  setPace(0);
  await scale('lakehouse', 5);
  happens('Somebody gives the deployment five workers in the console.');
  await run(`drift ${FILE}`, exit.changes, /worker_count\s+5 → 3/);
  await run(`apply ${FILE} --auto-approve`, exit.ok);
}

async function waitingDeletion(
  manifest: string,
  { scene, write, run, happens }: Stage,
  outside: Outside,
): Promise<void> {
  const tombstones = manifest.replace(
    /^ {2}(?:dv-root|dv-reads-vault):\n|^deployments:\n {2}.*\n/gm,
    '$&    state: absent\n',
  );
  scene('Deletion that must wait: a deleted deployment holds its key for days, and the key its authorization');
  await write(FILE, tombstones);
  await run(`apply ${FILE} --auto-approve`, exit.deferred, /dv-root.* deferred: .* up to 9 days/);
  await run(`plan ${FILE}`, exit.ok, /dv-root.* deferred: .* at the latest \d{4}-/);
  outside.passTime(9 * DAY_MS);
  happens("Nine days later (the emulator's clock is moved):");
  await run(`apply ${FILE} --auto-approve`, exit.ok, /0 created, 0 changed, 2 deleted\./);
}

async function cryptoshredding(stage: Stage, outside: Outside): Promise<void> {
  const { scene, write, run, happens } = stage;
  const file = 'reports.yaml';
  const apply = `apply ${file} --auto-approve`;
  const consent = '--allow cryptoshred:key.reports-root';
  scene('Cryptoshredding: a key in use is destroyed only by its manifest and by consent to that very plan');
  await write(file, reports);
  await run(apply, exit.ok);
  await write(file, shredded);
  await run(apply, exit.refused, /CONSENT_NEEDED/);
  const plan = await run(`plan ${file} ${consent}`, exit.ok, /^Fingerprint: /m);
  const fingerprint = /^Fingerprint: (\S+)$/m.exec(plan)?.[1] ?? '';
  await run(`${apply} ${consent} --expect ${fingerprint}`, exit.ok, /1 cryptoshredded/);
  await showLock(stage, outside, true);

  scene('Restored within thirty days, by consent: it is the same key, and its deployment opens again');
  // Key Protect restores no key within thirty seconds of its deletion.
  outside.passTime(MINUTE_MS);
  happens('A minute later somebody wants it back.');
  await write(file, reports);
  await run(`drift ${file}`, exit.changes, /can be restored until/);
  await run(`${apply} --allow restore:key.reports-root`, exit.ok, /1 restored/);
  await showLock(stage, outside, false);
}

/** What the service itself says of its deployment, which no API of IBM shows. */
async function showLock({ happens, print }: Stage, { lockOf }: Outside, expected: boolean): Promise<void> {
  const lock = await lockOf('reports');
  happens('What the service itself says of its deployment:');
  print(`    "reports"  ${lock ?? 'not locked'}\n`);
  if ((lock !== undefined) !== expected) {
    throw new KeysteadError('DEMO', `"reports" is ${expected ? 'not ' : ''}locked`);
  }
}
