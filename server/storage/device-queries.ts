// Devices as pages show them: to everyone what they are and have done, to operators also whose they are and whether they are banned.

import type { AccountKind } from '../../src/protocol/api.ts';
import type { OperatorDevice } from '../../src/protocol/api-operator.ts';
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';
import { nameAccount } from './account-name.ts';
import type { Database } from './database.ts';

export interface DeviceRow extends Omit<OperatorDevice, 'live'> {
  readonly accountKind: AccountKind;
}

export interface DeviceQueries {
  /** Those of the ids that exist, newest device first. */
  readDevices(ids: readonly DeviceId[]): Promise<readonly DeviceRow[]>;
  /** Newest ban first. */
  listBanned(page: { readonly before: DeviceId | null; readonly limit: number }): Promise<readonly DeviceRow[]>;
  /** Outvoted at least once, newest device first. */
  listDoubtful(page: { readonly before: DeviceId | null; readonly limit: number }): Promise<readonly DeviceRow[]>;
}

interface Row {
  readonly device: DeviceId;
  readonly account: AccountId;
  readonly kind: AccountKind;
  readonly wallet: string | null;
  readonly public_key: string | null;
  readonly created_at: number;
  readonly verified: number;
  readonly outvoted_exact: number;
  readonly outvoted_tolerance: number;
  readonly failed: number;
  readonly ban_reason: string | null;
  readonly ban_at: number | null;
}

const COLUMNS = `
  select d.id as device, d.account, a.kind, a.wallet, a.public_key, d.created_at, d.verified, d.outvoted_exact, d.outvoted_tolerance, d.failed,
    b.reason as ban_reason, b.at as ban_at
  from devices d join accounts a on a.id = d.account left join bans b on b.device = d.id`;

function makeDevice(row: Row): DeviceRow {
  return {
    device: row.device,
    account: row.account,
    accountKind: row.kind,
    accountName: nameAccount(row),
    sinceMs: row.created_at,
    verified: row.verified,
    outvotedExact: row.outvoted_exact,
    outvotedTolerance: row.outvoted_tolerance,
    failed: row.failed,
    ban: row.ban_reason === null ? null : { reason: row.ban_reason, atMs: row.ban_at! },
  };
}

export function createDeviceQueries({ pool }: Pick<Database, 'pool'>): DeviceQueries {
  const read = async (where: string, values: readonly unknown[]): Promise<readonly DeviceRow[]> =>
    (await pool.query<Row>(`${COLUMNS} ${where}`, [...values])).rows.map(makeDevice);
  return {
    readDevices: (ids) => read('where d.id = any($1::bigint[]) order by d.id desc', [ids]),
    listBanned: ({ before, limit }) =>
      read('where b.device is not null and ($1::bigint is null or d.id < $1) order by d.id desc limit $2', [before, limit]),
    listDoubtful: ({ before, limit }) =>
      read('where d.outvoted_exact + d.outvoted_tolerance > 0 and ($1::bigint is null or d.id < $1) order by d.id desc limit $2', [
        before,
        limit,
      ]),
  };
}
