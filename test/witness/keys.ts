import { key, onlyResource, resources } from '../../src/cloud/key-protect/shapes.ts';
import { docs, envelope, NOTES } from './key-protect-envelope.ts';
import { type Call, crn, each, guid, user } from './witness.ts';

const keyCrn = (id: string) => crn('kms', 'us-south', guid(1), `key:${id}`);

/** As of 2020; today `mode` and `algorithmType` are "Deprecated". */
const algorithm = {
  algorithmMetadata: { bitLength: '256', mode: 'CBC_PAD' },
  algorithmMode: 'CBC_PAD',
  algorithmBitSize: 256,
};

const listed = (number: number) => ({
  id: guid(number),
  type: 'application/vnd.ibm.kms.key+json',
  name: `root-${number}`,
  state: 1,
  crn: keyCrn(guid(number)),
  createdBy: user,
  creationDate: '2020-01-16T21:03:41Z',
  lastUpdateDate: '2020-01-16T21:03:41Z',
  ...algorithm,
  extractable: false,
  imported: false,
});

const whole = (number: number) => ({ ...listed(number), algorithmType: 'AES', keyVersion: { id: guid(number) } });

/** Keys as Key Protect shows them. */
export const keys: readonly Call[] = [
  {
    call: 'GET /api/v2/keys',
    shape: resources(key),
    keeps: ['resources'],
    emulated: [({ kp }) => kp('GET', '/keys?state=0,1,2,3,5')],
    known: {
      'adds resources[].aliases': 'recorded before aliases; Key Protect API reference, "Key object"',
      'adds resources[].description': 'optional; none was recorded with one in a list',
      'adds resources[].keyRingID': 'recorded before key rings; Key Protect API reference, "Key object"',
      ...each(
        'recorded with one key only, not in a list',
        'adds resources[].keyVersion.creationDate',
        'adds resources[].deleted',
        'adds resources[].deletionDate',
        'adds resources[].deletedBy',
      ),
      'adds resources[].lastRotateDate': 'set by a rotation; recorded with one key only',
      'adds resources[].rotation': 'recorded before a key showed its policy; Key Protect API reference, "Key object"',
      ...each(
        'younger than the recordings; Key Protect API reference, "Key object"',
        'adds resources[].purgeAllowed',
        'adds resources[].purgeAllowedFrom',
        'adds resources[].purgeScheduledOn',
        'adds resources[].restoreAllowed',
        'adds resources[].restoreExpirationDate',
      ),
    },
    witnesses: [
      {
        source: NOTES,
        date: '2020-01-17',
        shows: 'keys without `keyVersion`, `algorithmType` and `dualAuthDelete`',
        status: 200,
        body: envelope('key', [listed(10), listed(11)]),
      },
      {
        source: `${NOTES}, ?state=5`,
        date: '2020-05-01',
        shows: 'destroyed keys: `dualAuthDelete` with and without a first authorization, a key version without a date',
        status: 200,
        body: envelope('key', [
          {
            ...{ ...whole(12), state: 5 },
            dualAuthDelete: { enabled: true, keySetForDeletion: true, authExpiration: '2020-01-23T22:41:02Z' },
          },
          { ...whole(13), state: 5, imported: true, dualAuthDelete: { enabled: false } },
          {
            ...{ ...listed(14), algorithmType: 'AES', state: 5, extractable: true },
            dualAuthDelete: { enabled: true, keySetForDeletion: true, authExpiration: '2020-05-08T16:16:10Z' },
          },
        ]),
      },
      {
        source: docs('view-keys.md:184'),
        date: '2026-08-12',
        shows: 'a standard key that expires',
        status: 200,
        body: envelope('key', [
          { ...listed(10), imported: true, dualAuthDelete: { enabled: false } },
          {
            ...{ ...listed(15), extractable: true, expirationDate: '2020-03-14T03:50:12Z' },
            dualAuthDelete: { enabled: false },
          },
        ]),
      },
      {
        source: docs('ts-unable-to-list-keys-api.md:30'),
        date: '2026-08-12',
        shows: 'an empty list has no `resources`',
        status: 200,
        body: envelope('key', undefined),
      },
    ],
  },
  {
    call: 'GET /api/v2/keys/{id}/metadata',
    shape: onlyResource(key),
    keeps: ['resources', 0],
    emulated: ['rotated', 'disabled', 'gone', 'asked', 'app'].map(
      (name) =>
        ({ kp, keys: all }) =>
          kp('GET', `/keys/${all[name]}/metadata`),
    ),
    known: {
      'adds resources[].dualAuthDelete.authExpiration': 'recorded in lists; this key was not asked to be deleted',
      'adds resources[].keyRingID': 'recorded before key rings; Key Protect API reference, "Key object"',
      ...each(
        'younger than the recordings; Key Protect API reference, "Key object"',
        'adds resources[].purgeAllowed',
        'adds resources[].purgeAllowedFrom',
        'adds resources[].purgeScheduledOn',
        'adds resources[].restoreAllowed',
        'adds resources[].restoreExpirationDate',
      ),
      'lacks resources[].tags': 'of clients that write this deprecated member; the emulator shows what was written',
    },
    witnesses: [
      {
        source: NOTES,
        date: '2020-03-31',
        shows: 'a rotated key: the version is younger than the one that the registrations name',
        status: 200,
        body: envelope('key', [
          {
            ...whole(10),
            lastRotateDate: '2020-03-31T14:18:33Z',
            keyVersion: { id: guid(40), creationDate: '2020-03-31T14:18:33Z' },
            dualAuthDelete: { enabled: true, keySetForDeletion: false },
            deleted: false,
          },
        ]),
      },
      {
        source: docs('disable-keys.md:232'),
        date: '2026-08-12',
        shows: 'a disabled key, with `tags`, which the reference calls deprecated',
        status: 200,
        body: envelope('key', [
          {
            ...{ ...whole(10), description: 'a key', tags: ['a tag'], state: 2, imported: true },
            keyVersion: { id: guid(41), creationDate: '2020-03-12T03:37:32Z' },
            ...{ dualAuthDelete: { enabled: false }, deleted: false, aliases: ['alias-1', 'alias-2'] },
          },
        ]),
      },
      {
        source: docs('delete-keys.md:218'),
        date: '2026-08-12',
        shows: 'a destroyed key has few members: no `imported`, no algorithm but its type',
        status: 200,
        body: envelope('key', [
          {
            ...{ id: guid(10), type: 'application/vnd.ibm.kms.key+json', aliases: ['alias-1', 'alias-2'] },
            ...{ name: 'root-10', description: 'a key', state: 5, expirationDate: '2020-03-15T20:41:27Z' },
            ...{ crn: keyCrn(guid(10)), deleted: true, algorithmType: 'AES', createdBy: user, deletedBy: user },
            ...{ creationDate: '2020-03-10T20:41:27Z', deletionDate: '2020-03-16T21:46:53Z' },
            ...{ lastUpdateDate: '2020-03-16T20:41:27Z', extractable: true },
          },
        ]),
      },
    ],
  },
  {
    call: 'POST /api/v2/keys',
    shape: onlyResource(key),
    keeps: ['resources', 0],
    emulated: [
      ({ kp }) =>
        kp('POST', '/keys', {
          type: 'application/vnd.ibm.kms.key+json',
          name: 'made',
          extractable: false,
          aliases: ['made'],
          description: 'a key',
        }),
    ],
    known: {
      'adds resources[].keyRingID': 'recorded before key rings; Key Protect API reference, "Key object"',
    },
    witnesses: [
      {
        source: docs('create-root-keys.md:160'),
        date: '2026-08-12',
        shows: 'the whole key comes back, without its material',
        status: 201,
        body: envelope('key', [
          {
            ...whole(10),
            ...{ aliases: ['alias-1', 'alias-2'], description: 'a key', dualAuthDelete: { enabled: false } },
            ...{ deleted: false, keyVersion: { id: guid(41), creationDate: '2020-03-12T03:37:32Z' } },
          },
        ]),
      },
      {
        source: docs('tutorials/secure-import.md:627'),
        date: '2026-08-12',
        shows: 'seven members are enough: neither who made it nor when',
        status: 201,
        body: envelope('key', [
          {
            ...{ id: guid(10), type: 'application/vnd.ibm.kms.key+json', name: 'root-10', state: 1 },
            ...{ crn: keyCrn(guid(10)), extractable: false, imported: true },
          },
        ]),
      },
    ],
  },
];
