import type { IamAttribute } from '../../cloud/iam-policies/shapes.ts';
import { isWholeService } from '../../model/containment.ts';
import { parseCrn } from '../../model/crn.ts';
import { given, type Json } from '../../model/json.ts';
import { ANY_GROUP, type Party, type Ref } from '../../model/relation.ts';
import type { Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { KEY_PROTECT } from '../../services/table.ts';
import type { ExportWriter } from '../fields.ts';
import type { GrantSuggestion } from '../kind.ts';
import type { LivePolicy } from './facts.ts';
import { grantOf } from './read.ts';
import type { AuthorizationSpec } from './spec.ts';

export type Source = AuthorizationSpec['source'];
export type Target = AuthorizationSpec['target'];

/** What a target may be narrowed by, together. */
const TARGETS = ['', 'serviceInstance', 'keyRing,serviceInstance', 'resource,resourceType,serviceInstance'];

/**
 * Why a policy has no form in a manifest: IAM knows conditions that Keystead does not.
 *
 * Source: IAM Policy Management API v2, "Create a v2 policy": attributes and operators.
 */
export function undeclarable({ facts }: Observed<LivePolicy>, snapshot: Snapshot): string | undefined {
  const subject = facts.policy.subject?.attributes ?? [];
  const resource = facts.policy.resource?.attributes ?? [];
  const { source, opaque } = grantOf(facts.policy, snapshot);
  if (opaque !== undefined) return opaque;
  if (source.region !== undefined || source.resource !== undefined) {
    return `its source is narrowed by ${source.region === undefined ? 'resource' : 'region'}`;
  }
  if (source.resourceGroup === ANY_GROUP) return 'its source is any resource group';
  const narrowed = resource.map(({ key }) => key).filter((key) => key !== 'serviceName' && key !== 'accountId');
  if (!has(resource, 'serviceName') || !TARGETS.includes(narrowed.sort().join(','))) {
    return `its target is told by ${resource.map(({ key }) => key).join(', ')}`;
  }
  return unknownInstance([...subject, ...resource], snapshot);
}

function has(attributes: readonly IamAttribute[], name: string): boolean {
  return attributes.some(({ key }) => key === name);
}

function unknownInstance(attributes: readonly IamAttribute[], snapshot: Snapshot): string | undefined {
  const guids = attributes.flatMap(({ key, value }) => (key === 'serviceInstance' ? [String(value)] : []));
  const gone = guids.find((guid) => snapshot.instanceOfGuid(guid) === undefined);
  return gone && `instance ${gone} is gone, or not to be seen by this login`;
}

/** A live source in a manifest's words, its instance by its id. */
export function sourceInWords({ instance, resourceGroup, ...rest }: Party, snapshot: Snapshot): Source {
  const group = resourceGroup === ANY_GROUP ? ANY_GROUP : resourceGroup && snapshot.catalog.groupName(resourceGroup);
  return { ...rest, ...given({ instance: instance && plainGuid(instance), resourceGroup: group }) };
}

/** A live target in a manifest's words, whatever it names by its id. */
export function targetInWords(target: Ref, service: string): Target {
  if (isWholeService(target)) return { service };
  if (target.includes('#')) return { ring: target };
  if (parseCrn(target)?.type === 'key') return { key: target };
  return service === KEY_PROTECT ? { instance: target } : { service, crn: plainGuid(target) };
}

/** An instance out of scope is known by its GUID alone. */
export function plainGuid(instance: Ref): string {
  return instance.replace(/^guid:/, '');
}

export function writtenSource(source: Source, writer: ExportWriter): Json {
  const { instance, ...rest } = source;
  if (instance === undefined) return Object.keys(rest).length === 1 && rest.service !== undefined ? rest.service : rest;
  const name = writer.refer('/source/instance', instance);
  return name === undefined ? rest : { ...rest, instance: name };
}

/** @returns undefined, with a remark, where it names what has neither block nor CRN */
export function writtenTarget(target: Target, writer: ExportWriter): Json | undefined {
  for (const member of ['instance', 'ring', 'key'] as const) {
    const id = target[member];
    if (id === undefined) continue;
    const name = writer.refer(`/target/${member}`, id);
    if (name === undefined) writer.remark('target', `nothing live is named ${id}`);
    // The short form would take a CRN for a name.
    else return member === 'instance' && parseCrn(name) === undefined ? name : { [member]: name };
    return undefined;
  }
  return given({ service: target.service, crn: target.crn });
}

/** Policies have no names: the service, and what it may use. */
export function titleOf({ relations, facts }: Observed<LivePolicy>, nameOf: (id: string) => string): string {
  const [grant] = relations.grants;
  if (grant === undefined) return 'authorization';
  const verb = facts.roles.join() === 'Reader' ? 'reads' : 'uses';
  return `${grant.source.service ?? 'group'}-${verb}-${nameOf(grant.target)}`;
}

/** The schema's limit for map keys. */
const LONGEST = 46;

/** The authorization that would grant this, as it is pasted into a manifest. */
export function suggest({ purpose, service, resourceType, on, declared, roles }: GrantSuggestion): readonly string[] {
  const isKey = parseCrn(on)?.type === 'key';
  const name =
    purpose === 'reads' ? `${service}-reads-${declared ?? (isKey ? 'key' : 'key-protect')}` : `${service}-${purpose}`;
  const target = isKey ? `{ key: ${declared ?? `'${on}'`} }` : (declared ?? `{ instance: '${on}' }`);
  return [
    `  ${name.slice(0, LONGEST)}:`,
    `    source: ${resourceType === undefined ? service : `{ service: ${service}, resourceType: ${resourceType} }`}`,
    `    target: ${target}`,
    `    roles: [${roles.join(', ')}]`,
  ];
}
