// An emulator in a process of its own, without lags; filled over HTTP with what Keystead would have made, so that a large
// account does not cost a large `apply`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { ACCOUNT, STACK, shapeOf } from './manifests.mjs';
import { run } from './process.mjs';

export const program = 'dist/keystead.mjs';
const CONNECTIONS = 32;
/** How many requests an emulator remembers: from there on they cannot be counted. */
const REMEMBERED = 50_000;
const LAGS = [
  'provisioningMs',
  'propagationMs',
  'searchLagMs',
  'policyReadAfterWriteMs',
  'serviceReactionMs',
  'registrationLingerMs',
  'deletionSettleMs',
  'aliasReuseMs',
  'taskMs',
];
export const noLags = LAGS.flatMap((name) => ['--setting', `${name}=0`]);

/** @returns the environment that points clients at it, how long it took, and how to stop it */
export async function startCloud(options = []) {
  const begin = performance.now();
  const child = spawn(process.execPath, [program, 'emulate', '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: withoutLogin(),
  });
  const exit = once(child, 'exit');
  const told = text(child.stderr);
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.includes('CLOUD_DATABASES_APIKEY')) break;
  }
  const readyMs = performance.now() - begin;
  const environment = Object.fromEntries(
    [...printed.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  const url = environment.IBMCLOUD_KP_API_ENDPOINT;
  if (url === undefined) throw new Error(`the emulator did not start: ${await told}`);
  return {
    url,
    readyMs,
    env: { ...withoutLogin(), ...environment },
    async stop() {
      child.kill('SIGINT');
      await exit;
    },
  };
}

function withoutLogin() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(IBMCLOUD|IC|IAM|KEYSTEAD)_/.test(name)));
}

/** One run of Keystead against it, with how many requests it made where they can be counted. */
export async function keystead(cloud, args, options = {}) {
  const before = cloud === undefined ? 0 : await requestsOf(cloud);
  const cost = await run(process.execPath, [program, ...args], { env: cloud?.env ?? withoutLogin(), ...options });
  const after = cloud === undefined ? 0 : await requestsOf(cloud);
  return cloud === undefined || after === REMEMBERED ? cost : { ...cost, requests: after - before };
}

async function requestsOf({ url }) {
  const response = await fetch(`${url}/_emulator/requests`);
  return (await response.json()).requests.length;
}

/** Makes everything that `writeManifests` declares, marked as Keystead marks it. */
export async function fill(cloud, resources) {
  const client = await clientOf(cloud.url);
  const instances = shapeOf(resources);
  for (const { name, triples } of instances) {
    const vault = await makeInstance(client, { name, ...kms });
    await inParallel(triples, async (nth) => {
      const key = await makeKey(client, vault.guid, `key-${nth}`, [`keystead_${STACK}_key-${nth}`]);
      await makeGrant(client, vault.guid, key.id, `grant-${nth}`);
      const parameters = { disk_encryption_key_crn: key.crn };
      await makeInstance(client, {
        name: `lake-${nth}`,
        resource_plan_id: 'data-virtualization-enterprise',
        parameters,
      });
    });
  }
}

/** The plan of Key Protect, by its id in the catalog. */
const kms = { resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3' };

/** @returns a function that sends one request and answers the body */
export async function clientOf(url) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const send = (method, path, headers, body) =>
    new Promise((resolve, reject) => {
      const request = http.request(new URL(path, url), { method, headers, agent }, (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          answer += chunk;
        });
        response.on('end', () => {
          if (response.statusCode < 300) resolve(answer === '' ? undefined : JSON.parse(answer));
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`));
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  const form = 'grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=keystead-emulator';
  const token = (await send('POST', '/identity/token', {}, form)).access_token;
  return (method, path, { headers = {}, body } = {}) =>
    send(
      method,
      path,
      { Authorization: `Bearer ${token}`, ...headers },
      body === undefined ? '' : JSON.stringify(body),
    );
}

/** @returns the instance, tagged as Keystead tags it */
export async function makeInstance(client, given) {
  const groups = await client('GET', `/v2/resource_groups?account_id=${ACCOUNT}&default=true`);
  const body = { target: 'us-south', resource_group: groups.resources[0].id, ...given };
  const made = await client('POST', '/v2/resource_instances', { body });
  const tagged = { resources: [{ resource_id: made.crn }], tag_names: [`keystead:${STACK}.${given.name}`] };
  await client('POST', '/v3/tags/attach?tag_type=user', { body: tagged });
  return made;
}

/** @returns the key */
export async function makeKey(client, vault, name, aliases = []) {
  const type = 'application/vnd.ibm.kms.key+json';
  const resource = { type, name, extractable: false, ...(aliases.length === 0 ? {} : { aliases }) };
  const body = { metadata: { collectionType: type, collectionTotal: 1 }, resources: [resource] };
  return (await client('POST', '/api/v2/keys', { headers: { 'Bluemix-Instance': vault }, body })).resources[0];
}

async function makeGrant(client, vault, key, name) {
  const equals = (attribute, value) => ({ key: attribute, operator: 'stringEquals', value });
  const body = {
    type: 'authorization',
    description: `[keystead:${STACK}/${name}]`,
    subject: { attributes: [equals('serviceName', 'data-virtualization'), equals('accountId', ACCOUNT)] },
    resource: {
      attributes: [
        equals('serviceName', 'kms'),
        equals('accountId', ACCOUNT),
        equals('serviceInstance', vault),
        equals('resourceType', 'key'),
        equals('resource', key),
      ],
    },
    control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }] } },
  };
  await client('POST', '/v2/policies', { body });
}

export async function inParallel(items, work) {
  const left = items[Symbol.iterator]();
  const workers = Array.from({ length: CONNECTIONS }, async () => {
    for (const item of left) await work(item);
  });
  await Promise.all(workers);
}
