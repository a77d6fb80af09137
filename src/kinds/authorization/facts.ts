import type { IamPolicy } from '../../cloud/iam-policies/shapes.ts';
import { type LiveId, type Mark, sameMark } from '../../model/address.ts';
import { instanceCrnOf, parseCrn } from '../../model/crn.ts';
import { given } from '../../model/json.ts';
import { type Grant, type Need, unrelated } from '../../model/relation.ts';
import type { Observed } from '../../model/resource.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { DELEGATOR_ROLE } from '../../services/table.ts';
import { identityOf } from './attributes.ts';
import { grantOf } from './read.ts';

export interface LivePolicy {
  readonly policy: IamPolicy;
  /** The description without marks. */
  readonly text: string;
  /** Role words, sorted. */
  readonly roles: readonly string[];
}

/** The live id of a policy: IAM gives policies no CRN. */
export function livePolicyId(policy: string): LiveId {
  return `policy:${policy}`;
}

export function toObserved(policy: IamPolicy, snapshot: Snapshot): Observed<LivePolicy> {
  const subject = policy.subject?.attributes ?? [];
  const resource = policy.resource?.attributes ?? [];
  const { text, marks } = readDescription(policy.description ?? '');
  const grant = grantOf(policy, snapshot);
  const managedBy = keeperOf(policy);
  return {
    kind: 'authorization',
    id: livePolicyId(policy.id),
    name: policy.id,
    identity: identityOf({ subject, resource }),
    marks,
    life: { is: 'active' },
    version: policy.etag ?? grant.changedAt ?? '',
    relations: { ...unrelated, grants: [grant], needs: needsOfMaker(managedBy, grant) },
    facts: { policy, text, roles: grant.roles },
    ...given({
      madeBy: policy.created_by_id,
      madeAt: policy.created_at,
      managedBy,
      impaired: grant.opaque && `what it allows is not understood: ${grant.opaque}`,
    }),
  };
}

/**
 * A deployment that let another service read its key, as for its backups, did so as a delegator, and needs to go on being one.
 *
 * Source: Cloud Databases docs, "Key Protect integration": the policy that a deployment makes for Object Storage.
 */
function needsOfMaker(maker: string | undefined, { target }: Grant): readonly Need[] {
  const crn = maker === undefined ? undefined : parseCrn(maker);
  if (maker === undefined || crn === undefined || parseCrn(target)?.type !== 'key') return [];
  const by = { service: crn.service, instance: instanceCrnOf(maker) };
  return [{ by, on: target, roles: [DELEGATOR_ROLE], pointer: '' }];
}

/** A policy stamped by a template, or made by a deployment for its own dependants, is kept by its maker. */
function keeperOf(policy: IamPolicy): string | undefined {
  if (policy.template !== undefined) return 'a policy template';
  // An instance's IAM id is its CRN with a prefix of its own; a template's maker is named by the bare CRN.
  const crn = /^(?:crn-)?(crn:.+)$/.exec(policy.created_by_id ?? '')?.[1];
  return crn;
}

const MARK = /\s*\[keystead:([a-z0-9-]+)\/([a-z0-9-]+)\]/g;

/** Whether a text that people wrote would read as a mark, or nearly so. */
export function mentionsMark(text: string): boolean {
  return /\[keystead:/i.test(text);
}

function markText(mark: Mark): string {
  return `[keystead:${mark.stack}/${mark.name}]`;
}

/** A policy's description in two halves: what people wrote, and whose it is. */
export function readDescription(description: string): { readonly text: string; readonly marks: readonly Mark[] } {
  const marks = [...description.matchAll(MARK)].map(([, stack = '', name = '']) => ({ stack, name }));
  return { text: description.replaceAll(MARK, '').trim(), marks };
}

export function writeDescription(text: string, marks: readonly Mark[]): string {
  return [text.trim(), ...marks.map(markText)].filter((part) => part !== '').join(' ');
}

/** With a mark that may be there already. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  return marks.some((other) => sameMark(other, mark)) ? marks : [...marks, mark];
}
