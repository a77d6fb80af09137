import { ApiError, type Operation, operationsOf, type Row, type Timers } from '../../core/world.ts';
import * as backups from './backups.ts';
import * as connections from './connections.ts';
import { dialect, noDeployment } from './deployment.ts';
import * as groups from './groups.ts';
import * as remotes from './remotes.ts';
import * as settings from './settings.ts';
import * as tasks from './tasks.ts';
import * as users from './users.ts';
import * as versions from './versions.ts';

const v5 = '/v5/ibm';
const one = `${v5}/deployments/{id}`;
const group = `${one}/groups/{group_id}`;
const user = `${one}/users/{user_type}`;
const connection = `${user}/{username}/connections/{endpoint_type}`;
const slots = `${one}/postgresql/logical_replication_slots`;
const where = 'hosts, certificate';

/** The allowlist had another name, which IBM's Node SDK still uses. */
const allowlists = ['Allowlist', 'Whitelist'].flatMap((word): readonly Row[] => {
  const path = `${one}/${word.toLowerCase()}s/ip_addresses`;
  return [
    [`get${word}`, `GET ${path}`, settings.getAllowlist],
    [`set${word}`, `PUT ${path}`, settings.setAllowlist],
    [`add${word}Entry`, `POST ${path}`, settings.addAddress],
    [`delete${word}Entry`, `DELETE ${path}/{ip}`, settings.removeAddress],
  ];
});

/**
 * Cloud Databases v5, and the two calls of v4 that Terraform's provider still makes.
 * Source: deployments reference, "Cloud Databases API v5"; operation ids: cloud-databases-go-sdk.
 */
const rows: readonly Row[] = [
  ['listDeployables', `GET ${v5}/deployables`, versions.listDeployables],
  ['getDefaultScalingGroups', `GET ${v5}/deployables/{type}/groups`, groups.listDefaultGroups],
  ['listRegions', `GET ${v5}/regions`, versions.listRegions],
  ['getDeploymentInfo', `GET ${one}`, versions.getDeployment],
  ['listDeploymentScalingGroups', `GET ${one}/groups`, groups.listGroups],
  ['setDeploymentScalingGroup', `PATCH ${group}`, groups.scaleGroup],
  ['getAutoscalingConditions', `GET ${group}/autoscaling`, settings.getAutoscaling],
  ['setAutoscalingConditions', `PATCH ${group}/autoscaling`, settings.setAutoscaling],
  ['getDatabaseConfigurationSchema', `GET ${one}/configuration/schema`, settings.getConfigurationSchema],
  ['updateDatabaseConfiguration', `PATCH ${one}/configuration`, settings.updateConfiguration],
  ['createDatabaseUser', `POST ${user}`, users.createUser],
  ['updateUser', `PATCH ${user}/{username}`, users.updateUser],
  ['deleteDatabaseUser', `DELETE ${user}/{username}`, users.deleteUser],
  ['getConnection', `GET ${connection}`, connections.getConnection, where],
  ['completeConnection', `POST ${connection}`, connections.completeConnection, where],
  ['killConnections', `DELETE ${one}/management/database_connections`, connections.closeConnections],
  ['createLogicalReplicationSlot', `POST ${slots}`, remotes.createSlot, 'refusals'],
  ['deleteLogicalReplicationSlot', `DELETE ${slots}/{name}`, remotes.deleteSlot, 'refusals'],
  ['listRemotes', `GET ${one}/remotes`, remotes.listRemotes],
  ['resyncReplica', `POST ${one}/remotes/resync`, remotes.resyncReplica, 'refusals'],
  ['promoteReadOnlyReplica', `POST ${one}/remotes/promotion`, remotes.promoteReplica, 'refusals'],
  ['getPitrData', `GET ${one}/point_in_time_recovery_data`, remotes.getPointInTimeRecovery],
  ['setDatabaseInplaceVersionUpgrade', `PATCH ${one}/version`, versions.setVersion, 'which versions'],
  ...allowlists,
  ['listDeploymentTasks', `GET ${one}/tasks`, tasks.listTasks],
  ['getTask', `GET ${v5}/tasks/{task_id}`, tasks.getTask],
  ['getDeploymentCapability', `GET ${one}/capability/{capability_id}`, versions.getCapability],
  ['getCapability', `POST ${v5}/capability/{capability_id}`, versions.askCapability],
  ['listDeploymentBackups', `GET ${one}/backups`, backups.listBackups],
  ['startOndemandBackup', `POST ${one}/backups`, backups.createBackup],
  ['getBackupInfo', `GET ${v5}/backups/{backup_id}`, backups.getBackup],
  ['getDeploymentInfoV4', 'GET /v4/ibm/deployments/{id}', versions.getDeploymentV4],
  ['getConfigurationSchemaV4', 'GET /v4/ibm/deployments/{id}/configuration/schema', settings.getConfigurationSchema],
];

/**
 * The id of a deployment has a slash; where it was not encoded, the path has a segment more than any operation, and the
 * answer is a 404 with a hint. Other paths of that length are not emulated.
 * Source: deployments reference, "Errors" (Cloud Databases API v5).
 */
const unencoded = rows
  .filter(([, request]) => request.includes('/deployments/{id}'))
  .map(([name, request]): Row => {
    const path = request.replace('{id}', '{id}/{rest}');
    return [
      name,
      path,
      (_world, call) => {
        throw call.params['id']?.endsWith(':a') === true ? noDeployment() : new ApiError(dialect.notImplemented(call));
      },
    ];
  });

export const operations: readonly Operation[] = operationsOf({ auth: 'bearer', dialect }, [...rows, ...unencoded]);

/** What Cloud Databases does later. */
export const timers: Timers = { [tasks.taskTimer]: tasks.finishTask };
