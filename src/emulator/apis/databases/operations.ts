import { ApiError, type Operation, type Timers } from '../../core/world.ts';
import { addAddress, getAllowlist, removeAddress, setAllowlist } from './allowlist.ts';
import { createBackup, getBackup, listBackups } from './backups.ts';
import { askCapability, getCapability } from './capabilities.ts';
import { closeConnections, completeConnection, getConnection } from './connections.ts';
import { getDeployment, getDeploymentV4, listDeployables, listRegions } from './deployments.ts';
import { dialect, notFound } from './errors.ts';
import { listDefaultGroups, listGroups, scaleGroup } from './groups.ts';
import { getPointInTimeRecovery, listRemotes, promoteReplica, resyncReplica } from './remotes.ts';
import { createSlot, deleteSlot } from './replication-slots.ts';
import { getAutoscaling, getConfigurationSchema, setAutoscaling, updateConfiguration } from './settings.ts';
import { finishTask, getTask, listTasks, taskTimer } from './tasks.ts';
import { createUser, deleteUser, updateUser } from './users.ts';
import { setVersion } from './versions.ts';

const v5 = '/v5/ibm';
const one = `${v5}/deployments/{id}`;
const group = `${one}/groups/{group_id}`;
const user = `${one}/users/{user_type}`;

/** The allowlist had another name, which IBM's Node SDK still uses. */
const allowlists = (['allowlists', 'whitelists'] as const).flatMap((word) => {
  const path = `${one}/${word}/ip_addresses`;
  const name = word === 'allowlists' ? 'Allowlist' : 'Whitelist';
  return [
    { name: `get${name}`, method: 'GET', path, handle: getAllowlist },
    { name: `set${name}`, method: 'PUT', path, handle: setAllowlist },
    { name: `add${name}Entry`, method: 'POST', path, handle: addAddress },
    { name: `delete${name}Entry`, method: 'DELETE', path: `${path}/{ip}`, handle: removeAddress },
  ];
});

const connection = `${user}/{username}/connections/{endpoint_type}`;
const slots = `${one}/postgresql/logical_replication_slots`;

/**
 * The id of a deployment has a slash; where it was not encoded, the path has a segment more than any operation, and the
 * answer is a 404 with a hint. Other paths of that length are not emulated.
 * Source: deployments reference, "Errors" (Cloud Databases API v5).
 */
function unencoded(row: Row): Row {
  return {
    ...row,
    path: row.path.replace('{id}', '{id}/{rest}'),
    handle: (_world, call) => {
      throw call.params['id']?.endsWith(':a') === true ? notFound() : new ApiError(dialect.notImplemented(call));
    },
  };
}

type Row = Omit<Operation, 'auth' | 'dialect'>;

/**
 * Cloud Databases v5, and the two calls of v4 that Terraform's provider still makes.
 * Source: deployments reference, "Cloud Databases API v5"; operation ids: cloud-databases-go-sdk.
 */
const rows: readonly Row[] = [
  { name: 'listDeployables', method: 'GET', path: `${v5}/deployables`, handle: listDeployables },
  {
    name: 'getDefaultScalingGroups',
    method: 'GET',
    path: `${v5}/deployables/{type}/groups`,
    handle: listDefaultGroups,
  },
  { name: 'listRegions', method: 'GET', path: `${v5}/regions`, handle: listRegions },
  { name: 'getDeploymentInfo', method: 'GET', path: one, handle: getDeployment },
  { name: 'listDeploymentScalingGroups', method: 'GET', path: `${one}/groups`, handle: listGroups },
  { name: 'setDeploymentScalingGroup', method: 'PATCH', path: group, handle: scaleGroup },
  { name: 'getAutoscalingConditions', method: 'GET', path: `${group}/autoscaling`, handle: getAutoscaling },
  { name: 'setAutoscalingConditions', method: 'PATCH', path: `${group}/autoscaling`, handle: setAutoscaling },
  {
    name: 'getDatabaseConfigurationSchema',
    method: 'GET',
    path: `${one}/configuration/schema`,
    handle: getConfigurationSchema,
  },
  { name: 'updateDatabaseConfiguration', method: 'PATCH', path: `${one}/configuration`, handle: updateConfiguration },
  { name: 'createDatabaseUser', method: 'POST', path: user, handle: createUser },
  { name: 'updateUser', method: 'PATCH', path: `${user}/{username}`, handle: updateUser },
  { name: 'deleteDatabaseUser', method: 'DELETE', path: `${user}/{username}`, handle: deleteUser },
  { name: 'getConnection', method: 'GET', path: connection, handle: getConnection, judged: 'hosts, certificate' },
  {
    name: 'completeConnection',
    method: 'POST',
    path: connection,
    handle: completeConnection,
    judged: 'hosts, certificate',
  },
  {
    name: 'killConnections',
    method: 'DELETE',
    path: `${one}/management/database_connections`,
    handle: closeConnections,
  },
  { name: 'createLogicalReplicationSlot', method: 'POST', path: slots, handle: createSlot, judged: 'refusals' },
  {
    name: 'deleteLogicalReplicationSlot',
    method: 'DELETE',
    path: `${slots}/{name}`,
    handle: deleteSlot,
    judged: 'refusals',
  },
  { name: 'listRemotes', method: 'GET', path: `${one}/remotes`, handle: listRemotes },
  { name: 'resyncReplica', method: 'POST', path: `${one}/remotes/resync`, handle: resyncReplica, judged: 'refusals' },
  {
    name: 'promoteReadOnlyReplica',
    method: 'POST',
    path: `${one}/remotes/promotion`,
    handle: promoteReplica,
    judged: 'refusals',
  },
  { name: 'getPitrData', method: 'GET', path: `${one}/point_in_time_recovery_data`, handle: getPointInTimeRecovery },
  {
    name: 'setDatabaseInplaceVersionUpgrade',
    method: 'PATCH',
    path: `${one}/version`,
    handle: setVersion,
    judged: 'which versions',
  },
  ...allowlists,
  { name: 'listDeploymentTasks', method: 'GET', path: `${one}/tasks`, handle: listTasks },
  { name: 'getTask', method: 'GET', path: `${v5}/tasks/{task_id}`, handle: getTask },
  { name: 'getDeploymentCapability', method: 'GET', path: `${one}/capability/{capability_id}`, handle: getCapability },
  { name: 'getCapability', method: 'POST', path: `${v5}/capability/{capability_id}`, handle: askCapability },
  { name: 'listDeploymentBackups', method: 'GET', path: `${one}/backups`, handle: listBackups },
  { name: 'startOndemandBackup', method: 'POST', path: `${one}/backups`, handle: createBackup },
  { name: 'getBackupInfo', method: 'GET', path: `${v5}/backups/{backup_id}`, handle: getBackup },
  { name: 'getDeploymentInfoV4', method: 'GET', path: '/v4/ibm/deployments/{id}', handle: getDeploymentV4 },
  {
    name: 'getConfigurationSchemaV4',
    method: 'GET',
    path: '/v4/ibm/deployments/{id}/configuration/schema',
    handle: getConfigurationSchema,
  },
];

export const operations: readonly Operation[] = [
  ...rows,
  ...rows.filter(({ path }) => path.includes('/deployments/{id}')).map(unencoded),
].map((row) => ({ ...row, auth: 'bearer', dialect }) as const);

/** What Cloud Databases does later. */
export const timers: Timers = { [taskTimer]: finishTask };
