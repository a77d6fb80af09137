import { parseCrn } from '../../model/crn.ts';
import { FORBIDDEN_KEYS, type Json, type JsonObject } from '../../model/json.ts';
import type { Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { ENDPOINTS_PARAMETER, encryptionOf, planWord } from '../../services/table.ts';
import type { ExportWriter } from '../fields.ts';
import type { LiveDeployment } from './live-keys.ts';
import { type DeploymentSpec, ENCRYPTION_KEY, parted, replaceIn, wordsIn } from './spec.ts';

/** Without its service's prefix, where that says the same. */
export function writtenPlan(
  plan: string,
  _writer: ExportWriter,
  { facts }: Observed<LiveDeployment>,
  snapshot: Snapshot,
): string {
  const word = planWord(facts.service, plan);
  const isSame = word !== plan && snapshot.catalog.plan(facts.service, word) === facts.instance.resource_plan_id;
  return isSame ? word : plan;
}

/** Only for services whose key goes through this field; others show it among their parameters. */
export function writtenEncryption(
  { key }: NonNullable<DeploymentSpec['encryption']>,
  writer: ExportWriter,
  { facts }: Observed<LiveDeployment>,
): Json | undefined {
  if (encryptionOf(facts.service) === undefined) return undefined;
  const name = writer.refer(ENCRYPTION_KEY, key);
  return name === undefined ? undefined : { key: name };
}

/** What no other field says, with keys by name. Secrets stay where they are. */
export function writtenParameters(
  parameters: JsonObject,
  writer: ExportWriter,
  { facts }: Observed<LiveDeployment>,
): JsonObject | undefined {
  const { open, secret } = parted(parameters);
  for (const name of secret) {
    writer.remark(`parameters.${name}`, 'a secret, which is not exported');
  }
  const elsewhere = [encryptionOf(facts.service)?.parameter, ENDPOINTS_PARAMETER];
  // A key of the service's own is no key to declare.
  const kept = Object.entries(open).filter(([name, value]) => !elsewhere.includes(name) && value !== null);
  const written = kept.flatMap(([name, value = null]): readonly [string, Json][] => {
    const why = whyNot({ [name]: value });
    if (why === undefined) return [[name, byName(value, `/parameters/${name}`, writer)]];
    writer.remark(`parameters.${name}`, `not exported: ${why}`);
    return [];
  });
  return Object.fromEntries(written);
}

/** What no manifest can say, or would take for something else. */
function whyNot(parameter: JsonObject): string | undefined {
  const spec = { parameters: parameter };
  if (wordsIn(spec, 'key').length > 0) return '{ key: … } in it would stand for a key';
  if (wordsIn(spec, 'env').length > 0) return '{ env: … } in it would stand for a variable';
  return unsayable(parameter, 0);
}

/** Source: `manifest/`, which refuses these when it reads them. */
function unsayable(value: Json | undefined, depth: number): string | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return `the number ${value} cannot be held exactly`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEEPEST) return 'it is nested too deep';
  const name = Object.keys(value).find((member) => FORBIDDEN_KEYS.has(member));
  if (name !== undefined) return `no manifest may use the key ${name}`;
  return Object.values(value)
    .map((item: Json | undefined) => unsayable(item, depth + 1))
    .find((why) => why !== undefined);
}

const DEEPEST = 80;

/** `{ key: NAME }` in the place of each key's CRN. */
function byName(parameter: Json, pointer: string, writer: ExportWriter): Json {
  return replaceIn(parameter, pointer, (value, at) => {
    const crn = typeof value === 'string' && parseCrn(value)?.type === 'key' ? value : undefined;
    const name = crn && writer.refer(`${at}/key`, crn);
    return name === undefined || name === crn ? undefined : { key: name };
  });
}
