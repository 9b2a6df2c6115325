// Sessions by the hash of their token: the token itself is never stored.
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';
import type { Database } from './database.ts';

export interface SessionRecord {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly expiresAtMs: number;
}

export interface SessionStore {
  /** `signedBy`: whether the wallet itself signed; a key where it is not said. */
  createSession(
    session: SessionRecord & { readonly tokenHash: string; readonly nowMs: number; readonly signedBy?: 'key' | 'wallet' },
  ): Promise<void>;
  /** Null when it is unknown or has expired. */
  findSession(tokenHash: string, nowMs: number): Promise<SessionRecord | null>;
  touchSession(tokenHash: string, expiresAtMs: number): Promise<void>;
  endSession(tokenHash: string): Promise<void>;
  endAllSessions(account: AccountId): Promise<void>;
}

/** Expired sessions cleared with each new one: enough to keep up, too few to be felt. */
const CLEARED_AT_ONCE = 20;

export function createSessionStore({ pool }: Pick<Database, 'pool'>): SessionStore {
  return {
    async createSession({ tokenHash, account, device, expiresAtMs, nowMs, signedBy = 'key' }) {
      await pool.query(
        `with cleared as (
           delete from sessions where token_hash in (select token_hash from sessions where expires_at <= $4 order by expires_at limit ${CLEARED_AT_ONCE})
         )
         insert into sessions (token_hash, account, device, created_at, expires_at, signed_by) values ($1, $2, $3, $4, $5, $6)`,
        [tokenHash, account, device, nowMs, expiresAtMs, signedBy],
      );
    },
    async findSession(tokenHash, nowMs) {
      const { rows } = await pool.query<SessionRecord>({
        name: 'find-session',
        text: 'select account, device, expires_at as "expiresAtMs" from sessions where token_hash = $1 and expires_at > $2',
        values: [tokenHash, nowMs],
      });
      return rows[0] ?? null;
    },
    async touchSession(tokenHash, expiresAtMs) {
      await pool.query('update sessions set expires_at = $2 where token_hash = $1', [tokenHash, expiresAtMs]);
    },
    async endSession(tokenHash) {
      await pool.query('delete from sessions where token_hash = $1', [tokenHash]);
    },
    async endAllSessions(account) {
      await pool.query('delete from sessions where account = $1', [account]);
    },
  };
}
