import { isObject } from '../json.ts';
import type { Call } from '../world.ts';
import { badRequest, forbidden, notEmulated } from './errors.ts';
import { rolesOn } from './roles.ts';
import { type Attribute, attributeOf, type Grant } from './state.ts';

const subjectOperators = ['stringEquals', 'stringExists'];
const resourceOperators = [...subjectOperators, 'stringMatch', 'stringEqualsAnyOf', 'stringMatchAnyOf'];

/** What a create or replace asks for. */
export interface Wanted extends Grant {
  readonly description: string | undefined;
}

/**
 * Reads the body of a v2 create or replace.
 *
 * @throws ApiError 400 `invalid_body` on what the API's schema refuses, 403 for another account's target,
 *         501 for access policies, which the emulator does not have.
 * Source: platform reference, "Shapes".
 */
export function readBody(call: Call): Wanted {
  const body = asObject(call, call.body, 'the body');
  if (body['type'] === 'access') throw notEmulated(call, 'A policy of type access');
  if (body['type'] !== 'authorization')
    throw badRequest(call, 'invalid_body', "type must be 'access' or 'authorization'.");
  if (body['pattern'] !== undefined || body['rule'] !== undefined)
    throw notEmulated(call, 'An authorization with pattern or rule');
  const subject = readAttributes(call, body['subject'], 'subject', subjectOperators);
  const resource = readAttributes(call, body['resource'], 'resource', resourceOperators);
  checkParties(call, subject, resource);
  return {
    subject,
    resource,
    roles: readRoles(call, body['control'], resource),
    description: readDescription(call, body['description']),
  };
}

function checkParties(call: Call, subject: readonly Attribute[], resource: readonly Attribute[]): void {
  const has = (attributes: readonly Attribute[], key: string): boolean => attributes.some((a) => a.key === key);
  if (!has(subject, 'accountId')) throw missing(call, 'subject', 'accountId');
  if (!has(subject, 'serviceName') && !has(subject, 'resourceGroupId')) throw missing(call, 'subject', 'serviceName');
  if (!has(resource, 'accountId')) throw missing(call, 'resource', 'accountId');
  if (!has(resource, 'serviceName') && !has(resource, 'resourceType')) throw missing(call, 'resource', 'serviceName');
  if (attributeOf(resource, 'accountId') !== call.identity.accountId) {
    throw forbidden(call, 'You are not authorized to create policies in this account.');
  }
}

function readAttributes(call: Call, party: unknown, where: string, operators: readonly string[]): readonly Attribute[] {
  const list = asObject(call, party, where)['attributes'];
  if (!Array.isArray(list) || list.length === 0)
    throw badRequest(call, 'invalid_body', `${where}.attributes must be a list with members.`);
  const attributes = list.map((item, at) => readAttribute(call, item, `${where}.attributes[${at}]`, operators));
  const twice = attributes.find((one, at) => attributes.findIndex((other) => other.key === one.key) !== at);
  if (twice !== undefined) throw badRequest(call, 'invalid_body', `${where}.attributes names '${twice.key}' twice.`);
  return attributes;
}

function readAttribute(call: Call, item: unknown, where: string, operators: readonly string[]): Attribute {
  const { key, operator, value } = asObject(call, item, where);
  if (typeof key !== 'string' || key === '') throw badRequest(call, 'invalid_body', `${where}.key must be a string.`);
  if (typeof operator !== 'string' || !operators.includes(operator)) {
    throw badRequest(call, 'invalid_body', `${where}.operator must be one of ${operators.join(', ')}.`);
  }
  if (operator === 'stringExists') {
    if (typeof value !== 'boolean')
      throw badRequest(call, 'invalid_body', `${where}.value must be a boolean with stringExists.`);
    return { key, operator, value };
  }
  if (operator.endsWith('AnyOf')) {
    if (!Array.isArray(value) || value.length === 0)
      throw badRequest(call, 'invalid_body', `${where}.value must be a list.`);
    return { key, operator, value: value.map((member) => readText(call, member, `${where}.value`)) };
  }
  return { key, operator, value: readText(call, value, `${where}.value`) };
}

function readRoles(call: Call, control: unknown, resource: readonly Attribute[]): readonly string[] {
  const list = asObject(call, asObject(call, control, 'control')['grant'], 'control.grant')['roles'];
  if (!Array.isArray(list) || list.length === 0)
    throw badRequest(call, 'invalid_body', 'control.grant.roles must be a list with members.');
  const known = rolesOn(attributeOf(resource, 'serviceName'));
  const crns = [...known.service, ...known.system].map((role) => role.crn);
  return list.map((item, at) => {
    const role = readText(
      call,
      asObject(call, item, `control.grant.roles[${at}]`)['role_id'],
      `control.grant.roles[${at}].role_id`,
    );
    // Judged: IBM checks roles against the target service; the wording is not known.
    if (!crns.includes(role))
      throw badRequest(call, 'invalid_body', `The role '${role}' is not defined for the target service.`);
    return role;
  });
}

function readDescription(call: Call, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badRequest(call, 'invalid_body', 'description must be a string.');
  return value;
}

function readText(call: Call, value: unknown, where: string): string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 1000) {
    throw badRequest(call, 'invalid_body', `${where} must be a string of 1 to 1000 characters.`);
  }
  return value;
}

function asObject(call: Call, value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw badRequest(call, 'invalid_body', `${where} must be an object.`);
  return value;
}

function missing(call: Call, party: string, key: string): Error {
  return badRequest(call, 'invalid_body', `The ${party} attribute '${key}' is required.`);
}
