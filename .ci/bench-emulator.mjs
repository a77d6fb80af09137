// The emulator's figures, for `npm run bench`: how soon it is ready, how many GETs a second it answers, how soon it is
// ready on a file with many keys.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const account = '0123456789abcdef0123456789abcdef';
const KEYS = 10_000;
const GETS = 20_000;
const CONNECTIONS = 32;
const READY_MS = 150;
const LOADED_MS = 1000;
const GETS_A_SECOND = 5000;

/** @returns lines to print, and whether every figure is as good as it has to be */
export async function benchEmulator() {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-bench-'));
  try {
    const data = join(folder, 'cloud.log');
    const ready = [];
    for (let run = 0; run < 5; run += 1) {
      const empty = await start([]);
      ready.push(empty.readyMs);
      await empty.stop();
    }
    const first = await start(['--data', data]);
    const client = await clientOf(first.url);
    const vault = await makeVault(client);
    const key = await makeKeys(client, vault, KEYS);
    // The second round: by then the code is compiled.
    await gets(client, vault, key, GETS);
    const rate = await gets(client, vault, key, GETS);
    await first.stop();
    const second = await start(['--data', data]);
    await second.stop();
    const fresh = ready.sort((left, right) => left - right)[2];
    const lines = [
      `emulator ready              ${fresh.toFixed(0)} ms (at most ${READY_MS})`,
      `  with ${KEYS} keys on file ${second.readyMs.toFixed(0)} ms (at most ${LOADED_MS})`,
      `  GET /keys/{id}            ${rate.toFixed(0)} a second (at least ${GETS_A_SECOND})`,
    ];
    return { lines, good: fresh <= READY_MS && second.readyMs <= LOADED_MS && rate >= GETS_A_SECOND };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(options) {
  const begin = performance.now();
  const child = spawn(process.execPath, ['dist/keystead.mjs', 'emulate', '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.includes('IBMCLOUD_KP_API_ENDPOINT')) break;
  }
  const readyMs = performance.now() - begin;
  const url = /IBMCLOUD_KP_API_ENDPOINT=["']?(http:[^"'\s]+)/.exec(printed)?.[1];
  return {
    url,
    readyMs,
    async stop() {
      child.kill('SIGINT');
      await exit;
    },
  };
}

async function clientOf(url) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const send = (method, path, headers, body) =>
    new Promise((resolve, reject) => {
      const request = http.request(new URL(path, url), { method, headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => {
          if (response.statusCode < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  const form = 'grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=keystead-emulator';
  const token = JSON.parse(await send('POST', '/identity/token', {}, form)).access_token;
  return (method, path, { headers = {}, body } = {}) =>
    send(
      method,
      path,
      { Authorization: `Bearer ${token}`, ...headers },
      body === undefined ? '' : JSON.stringify(body),
    );
}

async function makeVault(client) {
  const groups = JSON.parse(await client('GET', `/v2/resource_groups?account_id=${account}&default=true`));
  const plan = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';
  const body = { name: 'vault', target: 'us-south', resource_group: groups.resources[0].id, resource_plan_id: plan };
  return JSON.parse(await client('POST', '/v2/resource_instances', { body })).guid;
}

async function makeKeys(client, vault, count) {
  const type = 'application/vnd.ibm.kms.key+json';
  let last = '';
  await inParallel(count, async (index) => {
    const key = { type, name: `key-${index}`, extractable: false };
    const body = { metadata: { collectionType: type, collectionTotal: 1 }, resources: [key] };
    const made = await client('POST', '/api/v2/keys', { headers: { 'Bluemix-Instance': vault }, body });
    last = JSON.parse(made).resources[0].id;
  });
  return last;
}

async function gets(client, vault, key, count) {
  const begin = performance.now();
  await inParallel(count, () => client('GET', `/api/v2/keys/${key}`, { headers: { 'Bluemix-Instance': vault } }));
  return count / ((performance.now() - begin) / 1000);
}

async function inParallel(count, work) {
  let next = 0;
  const workers = Array.from({ length: CONNECTIONS }, async () => {
    while (next < count) {
      next += 1;
      await work(next);
    }
  });
  await Promise.all(workers);
}
