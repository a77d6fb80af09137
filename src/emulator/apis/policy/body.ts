import { isObject, type Members } from '../../core/json.ts';
import type { Call, World } from '../../core/world.ts';
import { isRoleOn } from './custom-roles.ts';
import { forbidden, malformed, unsupportedContentType } from './errors.ts';
import { type Attribute, attributeOf, type Policy, type Tag } from './state.ts';
import { fromV1, isV1 } from './views.ts';
import type { Wanted } from './write.ts';

const subjectOperators = ['stringEquals', 'stringExists'];
const resourceOperators = [...subjectOperators, 'stringMatch', 'stringEqualsAnyOf', 'stringMatchAnyOf'];

/**
 * Reads the body of a create or replace, a v1 one in v2's words.
 * @throws ApiError 400 `invalid_body` on what the API's schema refuses, 403 for another account's target, 415 for what
 *         is not sent as JSON.
 * Source: platform reference, "Shapes", "Errors".
 */
export function readBody(world: World, call: Call): Wanted {
  requireJson(call);
  const body = asObject(call, isV1(call) ? fromV1(call) : call.body, 'the body');
  const type = body['type'];
  if (type !== 'access' && type !== 'authorization') throw malformed(call, "type must be 'access' or 'authorization'.");
  const subject = readAttributes(call, body['subject'], 'subject', subjectOperators);
  const resource = readAttributes(call, body['resource'], 'resource', resourceOperators);
  if (type === 'access') checkAccess(call, subject);
  else checkParties(call, subject, resource);
  requireOwnAccount(call, resource);
  return {
    type,
    subject,
    resource,
    tags: readTags(call, asObject(call, body['resource'], 'resource')['tags'], type),
    roles: readRoles(world, call, body['control'], resource),
    description: readDescription(call, body['description']),
    ...readRule(call, body, type),
  };
}

/** An access policy is for one user, service ID or profile, or for one group. */
function checkAccess(call: Call, subject: readonly Attribute[]): void {
  if (!subject.some(({ key }) => key === 'iam_id' || key === 'access_group_id'))
    throw missing(call, 'subject', 'iam_id');
}

function requireOwnAccount(call: Call, resource: readonly Attribute[]): void {
  if (attributeOf(resource, 'accountId') !== call.identity.accountId) {
    throw forbidden(call, 'You are not authorized to create policies in this account.');
  }
}

function requireJson(call: Call): void {
  const type = call.header('Content-Type') ?? 'application/json';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) throw unsupportedContentType(call, type);
}

function readTags(call: Call, tags: unknown, type: Policy['type']): readonly Tag[] {
  if (tags === undefined || tags === null) return [];
  if (!Array.isArray(tags)) throw malformed(call, 'resource.tags must be a list.');
  if (type === 'authorization' && tags.length > 0) throw malformed(call, 'An authorization cannot have resource.tags.');
  return tags.map((item, at) => {
    const { key, operator = 'stringEquals', value } = asObject(call, item, `resource.tags[${at}]`);
    if (operator !== 'stringEquals' && operator !== 'stringMatch')
      throw malformed(call, `resource.tags[${at}].operator must be stringEquals or stringMatch.`);
    const where = `resource.tags[${at}]`;
    return { key: readText(call, key, `${where}.key`), operator, value: readText(call, value, `${where}.value`) };
  });
}

/** A pattern and its rule are kept as they come: nothing here is granted by the hour. */
function readRule(call: Call, { pattern, rule }: Members, type: Policy['type']): Pick<Policy, 'pattern' | 'rule'> {
  if (pattern === undefined && rule === undefined) return { pattern: undefined, rule: undefined };
  if (type === 'authorization') throw malformed(call, 'An authorization cannot have a pattern or a rule.');
  asObject(call, rule, 'rule');
  return { pattern: pattern === undefined ? undefined : readText(call, pattern, 'pattern'), rule };
}

function checkParties(call: Call, subject: readonly Attribute[], resource: readonly Attribute[]): void {
  const has = (attributes: readonly Attribute[], key: string): boolean => attributes.some((a) => a.key === key);
  if (!has(subject, 'accountId')) throw missing(call, 'subject', 'accountId');
  if (!has(subject, 'serviceName') && !has(subject, 'resourceGroupId')) throw missing(call, 'subject', 'serviceName');
  if (!has(resource, 'accountId')) throw missing(call, 'resource', 'accountId');
  if (!has(resource, 'serviceName') && !has(resource, 'resourceType')) throw missing(call, 'resource', 'serviceName');
}

function readAttributes(call: Call, party: unknown, where: string, operators: readonly string[]): readonly Attribute[] {
  const list = asObject(call, party, where)['attributes'];
  if (!Array.isArray(list) || list.length === 0)
    throw malformed(call, `${where}.attributes must be a list with members.`);
  const attributes = list.map((item, at) => readAttribute(call, item, `${where}.attributes[${at}]`, operators));
  const twice = attributes.find((one, at) => attributes.findIndex((other) => other.key === one.key) !== at);
  if (twice !== undefined) throw malformed(call, `${where}.attributes names '${twice.key}' twice.`);
  return attributes;
}

function readAttribute(call: Call, item: unknown, where: string, operators: readonly string[]): Attribute {
  const { key, operator, value } = asObject(call, item, where);
  if (typeof key !== 'string' || key === '') throw malformed(call, `${where}.key must be a string.`);
  if (typeof operator !== 'string' || !operators.includes(operator)) {
    throw malformed(call, `${where}.operator must be one of ${operators.join(', ')}.`);
  }
  if (operator === 'stringExists') {
    if (typeof value !== 'boolean') throw malformed(call, `${where}.value must be a boolean with stringExists.`);
    return { key, operator, value };
  }
  if (operator.endsWith('AnyOf')) {
    if (!Array.isArray(value) || value.length === 0) throw malformed(call, `${where}.value must be a list.`);
    return { key, operator, value: value.map((member) => readText(call, member, `${where}.value`)) };
  }
  return { key, operator, value: readText(call, value, `${where}.value`) };
}

function readRoles(world: World, call: Call, control: unknown, resource: readonly Attribute[]): readonly string[] {
  const list = asObject(call, asObject(call, control, 'control')['grant'], 'control.grant')['roles'];
  if (!Array.isArray(list) || list.length === 0)
    throw malformed(call, 'control.grant.roles must be a list with members.');
  return list.map((item, at) => {
    const where = `control.grant.roles[${at}]`;
    const role = readText(call, asObject(call, item, where)['role_id'], `${where}.role_id`);
    // Judged: IBM checks roles against the target service; the wording is not known.
    if (!isRoleOn(world, attributeOf(resource, 'serviceName'), role))
      throw malformed(call, `The role '${role}' is not defined for the target service.`);
    return role;
  });
}

function readDescription(call: Call, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw malformed(call, 'description must be a string.');
  return value;
}

function readText(call: Call, value: unknown, where: string): string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 1000) {
    throw malformed(call, `${where} must be a string of 1 to 1000 characters.`);
  }
  return value;
}

function asObject(call: Call, value: unknown, where: string): Members {
  if (!isObject(value)) throw malformed(call, `${where} must be an object.`);
  return value;
}

function missing(call: Call, party: string, key: string): Error {
  return malformed(call, `The ${party} attribute '${key}' is required.`);
}
