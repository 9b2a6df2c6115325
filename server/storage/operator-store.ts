// What operators decide, kept: each act and its line in the audit log are written together, or neither is.
import type pg from 'pg';
import type { AuditAct, AuditLine } from '../../src/protocol/api-operator.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, DeviceId, JobId } from '../../src/protocol/ids.ts';
import type { Database } from './database.ts';
import { withTransaction } from './with-transaction.ts';

/** Who acts, through which coordinator, and why. */
export interface Act {
  readonly account: AccountId;
  readonly wallet: string;
  readonly epoch: number;
  readonly reason: string;
  readonly atMs: number;
}

export interface Ban {
  readonly device: DeviceId;
  readonly reason: string;
}

/** How the session came about that asks. */
export interface SessionProof {
  readonly account: AccountId;
  readonly wallet: string | null;
  readonly signedBy: 'key' | 'wallet';
  readonly createdAtMs: number;
}

export interface OperatorStore {
  readProof(tokenHash: string): Promise<SessionProof | null>;
  note(act: Act & { readonly act: AuditAct; readonly device?: DeviceId; readonly job?: JobId }): Promise<void>;
  /** Throws `not-found`; `conflict` when it is banned already. */
  ban(device: DeviceId, act: Act): Promise<void>;
  /** Throws `conflict` when it is not banned. */
  unban(device: DeviceId, act: Act): Promise<void>;
  /** The ban of this device, or of another account's device with the same key. */
  readBan(device: DeviceId): Promise<Ban | null>;
  /** Every device that bans since then hit, those with a banned key included. */
  listBannedSince(atMs: number): Promise<readonly Ban[]>;
  auditPage(page: { readonly before: number | null; readonly limit: number }): Promise<readonly AuditLine[]>;
}

const NOTE = `
  insert into audit (at, account, wallet, act, device, job, epoch, reason) values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`;

type Client = Pick<pg.ClientBase, 'query'>;

async function writeNote(client: Client, note: Parameters<OperatorStore['note']>[0]): Promise<number> {
  const { atMs, account, wallet, act, device = null, job = null, epoch, reason } = note;
  const { rows } = await client.query<{ readonly id: number }>(NOTE, [atMs, account, wallet, act, device, job, epoch, reason]);
  return rows[0]!.id;
}

export function createOperatorStore({ pool }: Pick<Database, 'pool'>): OperatorStore {
  return {
    async readProof(tokenHash) {
      const { rows } = await pool.query<SessionProof>(
        `select a.id as account, a.wallet, s.signed_by as "signedBy", s.created_at as "createdAtMs"
         from sessions s join accounts a on a.id = s.account where s.token_hash = $1`,
        [tokenHash],
      );
      return rows[0] ?? null;
    },
    note: async (note) => void (await writeNote(pool, note)),
    ban: (device, act) => withTransaction(pool, (client) => ban(client, device, act)),
    unban: (device, act) =>
      withTransaction(pool, async (client) => {
        const { rowCount } = await client.query('delete from bans where device = $1', [device]);
        if (rowCount === 0) throw new Fault('conflict', `Device ${device} is not banned.`, { facts: { device } });
        await writeNote(client, { ...act, act: 'unban', device });
      }),
    async readBan(device) {
      const { rows } = await pool.query<Ban>({
        name: 'read-ban',
        text: `select b.device, b.reason from devices d join bans b on b.device = d.id or (b.public_key = d.public_key and d.public_key <> '')
          where d.id = $1 limit 1`,
        values: [device],
      });
      return rows[0] ?? null;
    },
    async listBannedSince(atMs) {
      const { rows } = await pool.query<Ban>({
        name: 'banned-since',
        text: `select b.device, b.reason from bans b where b.at > $1
          union select d.id, b.reason from bans b join devices d on d.public_key = b.public_key where b.at > $1 and b.public_key <> ''`,
        values: [atMs],
      });
      return rows;
    },
    async auditPage({ before, limit }) {
      const { rows } = await pool.query<AuditLine>(
        `select id, at as "atMs", wallet, act, device, job, epoch, reason from audit
         where $1::bigint is null or id < $1 order by id desc limit $2`,
        [before, limit],
      );
      return rows;
    },
  };

  async function ban(client: Client, device: DeviceId, act: Act): Promise<void> {
    const { rows } = await client.query<{ readonly public_key: string; readonly is_banned: boolean }>(
      'select public_key, exists (select from bans where device = $1) as is_banned from devices where id = $1 for no key update',
      [device],
    );
    const [row] = rows;
    if (!row) throw new Fault('not-found', `There is no device ${device}.`, { facts: { device } });
    if (row.is_banned) throw new Fault('conflict', `Device ${device} is banned already.`, { facts: { device } });
    const audit = await writeNote(client, { ...act, act: 'ban', device });
    await client.query('insert into bans (device, public_key, reason, at, audit) values ($1, $2, $3, $4, $5)', [
      device,
      row.public_key,
      act.reason,
      act.atMs,
      audit,
    ]);
  }
}
