import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { withEmulator } from '../helpers/emulator.ts';
import { withFolder } from '../helpers/folder.ts';
import { at, text } from '../helpers/platform.ts';
import { first, idOf, idsOf, refusal, withVault as withOwnVault, withVault } from '../helpers/vault.ts';

const hour = 3600_000;
const badQuery = [400, 'INVALID_QUERY_PARAM_ERR'];

describe('filter', () => {
  test('narrows lists and counts by state, kind and dates, and by what is not there', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      emulator.clock.set(new Date('2030-01-01T00:00:00Z'));
      const old = idOf(await create({ expirationDate: '2031-01-01T00:00:00Z' }));
      emulator.clock.set(new Date('2030-01-02T00:00:00Z'));
      const standard = idOf(await create({ extractable: true }));
      emulator.clock.set(new Date('2030-01-03T00:00:00Z'));
      const gone = idOf(await create());
      await kp('DELETE', `/keys/${gone}`);
      await kp('POST', `/keys/${old}/actions/rotate`);
      const names: Readonly<Record<string, string>> = { [old]: 'old', [standard]: 'standard', [gone]: 'gone' };
      const found = async (filter: string): Promise<readonly string[]> => {
        const query = `filter=${encodeURIComponent(filter)}`;
        const ids = idsOf(await kp('GET', `/keys?${query}`));
        expect((await kp('HEAD', `/keys?${query}`)).headers.get('key-total')).toBe(String(ids.length));
        return ids.map((id) => names[id] ?? id).toSorted();
      };
      expect(await found('')).toEqual(['old', 'standard']);
      expect(await found('extractable=false')).toEqual(['old']);
      expect(await found('state=1,5')).toEqual(['gone', 'old', 'standard']);
      expect(await found('state=5 extractable=false')).toEqual(['gone']);
      expect(await found('creationDate=lt:"2030-01-02T00:00:00Z"')).toEqual(['old']);
      expect(await found('creationDate=gte:"2030-01-01T12:00:00Z" creationDate=lte:"2030-01-02T12:00:00Z"')).toEqual([
        'standard',
      ]);
      expect(await found('expirationDate="2031-01-01T01:00:00+01:00"')).toEqual(['old']);
      expect(await found('expirationDate=none')).toEqual(['standard']);
      expect(await found('lastRotateDate=gt:"2030-01-02T00:00:00Z"')).toEqual(['old']);
      expect(await found('deletionDate=none state=5')).toEqual([]);
    });
  });

  test.each([
    'size=1',
    'state=6',
    'extractable=yes',
    'creationDate=2030-01-01T00:00:00Z',
    'creationDate="2030-01-01"',
    'creationDate=eq:"2030-01-01T00:00:00Z"',
    'creationDate="2030-01-01T00:00:00Z',
    'state=1 state=1 state=1 state=1',
    'state',
  ])('%s is refused', async (filter) => {
    await withVault(async ({ kp }) => {
      expect(refusal(await kp('GET', `/keys?filter=${encodeURIComponent(filter)}`))).toEqual(badQuery);
    });
  });

  test('is refused beside the query parameter of the same property', async () => {
    await withVault(async ({ kp }) => {
      expect(refusal(await kp('GET', '/keys?state=1&filter=state%3D1'))).toEqual(badQuery);
      expect(refusal(await kp('HEAD', '/keys?extractable=true&filter=extractable%3Dtrue'))[0]).toBe(400);
      expect((await kp('GET', '/keys?state=1&filter=extractable%3Dtrue')).status).toBe(200);
    });
  });
});

describe('a search among more than 5,000 keys', () => {
  test('is too broad, unless it names a key outright', async () => {
    await withFolder({}, async (folder) => {
      const file = join(folder, 'emulator.log');
      let guid = '';
      let id = '';
      await withOwnVault(async (vault) => {
        guid = vault.guid;
        id = idOf(await vault.create({ aliases: ['needle'] }));
      }, file);
      appendCopies(file, id, 5000);
      await withEmulator(
        async ({ api }) => {
          const headers = { 'Bluemix-Instance': guid };
          const broad = await api('GET', '/api/v2/keys?search=root', { headers });
          expect(refusal(broad)).toEqual([400, 'KEY_SEARCH_TOO_BROAD']);
          expect((await api('GET', '/api/v2/keys?search=root&extractable=true', { headers })).status).toBe(200);
          for (const named of ['needle', id]) {
            const answer = await api('GET', `/api/v2/keys?search=${named}`, { headers });
            expect([idsOf(answer), at(answer.body, 'metadata', 'incompleteSearch')]).toEqual([[id], true]);
          }
        },
        { dataFile: file },
      );
    });
  });
});

/** So many keys like that one, written into the data file: to make them by calls would take too long. */
function appendCopies(file: string, id: string, count: number): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const write = lines
    .flatMap((line): unknown[] => (line.startsWith('[') ? JSON.parse(line) : []))
    .find((one) => at(one, 0) === 'key-protect/keys' && at(one, 1) === id);
  const copies = Array.from({ length: count }, (_, n) => {
    const copy = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    return ['key-protect/keys', copy, { ...Object(at(write, 2)), id: copy, aliases: [] }];
  });
  appendFileSync(file, `${JSON.stringify(copies)}\n`);
}

describe('what services alone may do', () => {
  test('is 403 for everyone who comes over HTTP, and 401 for who may not see the key', async () => {
    await withVault(async ({ emulator, kp, create, as }) => {
      const made = await create();
      const resource = 'crn:v1:bluemix:public:cloud-object-storage:global:a/0:1:bucket:b';
      emulator.services.register({ key: text(first(made), 'crn'), resource });
      emulator.identities.add({ name: 'one', apiKey: 'one', access: [{ key: 'another', roles: ['Manager'] }] });
      const path = `/keys/${idOf(made)}/registrations/${encodeURIComponent(resource)}`;
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect(refusal(await kp(method, path, { body: {} }))).toEqual([403, 'SERVICE_ONLY_ERR']);
        expect(refusal(await as('one')(method, path))).toEqual([401, 'UNAUTHORIZED_ERR']);
      }
      expect(refusal(await kp('POST', '/event_ack', { body: {} }))).toEqual([403, 'SERVICE_ONLY_ERR']);
      expect(at((await kp('GET', '/keys/registrations')).body, 'metadata', 'collectionTotal')).toBe(1);
    });
  });
});

describe('the deprecated form of an action', () => {
  test('restores too, which the other form does not', async () => {
    await withVault(async ({ emulator, kp, create }) => {
      const id = idOf(await create());
      await kp('DELETE', `/keys/${id}`);
      emulator.clock.advance(hour);
      expect(refusal(await kp('POST', `/keys/${id}/actions/restore`))).toEqual(badQuery);
      const back = await kp('POST', `/keys/${id}?action=restore`);
      expect([back.status, at(first(back), 'state')]).toEqual([201, 1]);
    });
  });
});
