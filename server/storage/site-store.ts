// Sites in the database: who registered which, what was found at their domain, what visitors did, and the release of what they earned.
import type pg from 'pg';
import { MAX_SITES_AN_ACCOUNT, type SiteDay, type SiteId, type SiteProof } from '../../src/protocol/api-sites.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, MicroCredits } from '../../src/protocol/ids.ts';
import type { PostTransfers } from '../ledger/post-transfers.ts';
import type { Database } from './database.ts';
import { postCredit } from './post-credit.ts';
import { withTransaction } from './with-transaction.ts';

export interface StoredSite {
  readonly id: SiteId;
  /** The wallet, where the guest that registered it was attached since. */
  readonly owner: AccountId;
  readonly domain: string;
  readonly code: string;
  readonly createdAtMs: number;
  readonly proof: SiteProof | null;
  readonly provedAtMs: number | null;
  readonly checkedAtMs: number | null;
  readonly refusal: string | null;
  readonly held: MicroCredits;
  readonly released: MicroCredits;
  readonly viewedAtMs: number | null;
  readonly agreedAtMs: number | null;
  readonly activeAtMs: number | null;
}

/** What happened at one site since the last time it was written down. */
export interface SiteGain {
  readonly site: SiteId;
  readonly views: number;
  readonly agreed: number;
  readonly declined: number;
  readonly blocked: number;
  readonly minutes: number;
}

export interface SiteStore {
  /** The same domain again is the same site. Throws `quota-exceeded`. */
  register(site: { readonly owner: AccountId; readonly domain: string; readonly code: string; readonly nowMs: number }): Promise<SiteId>;
  listOf(owner: AccountId): Promise<readonly StoredSite[]>;
  /** Null when it is unknown or was removed. */
  find(site: SiteId): Promise<StoredSite | null>;
  /** From now on this account's work is the site's too. */
  bindVisitor(account: AccountId, site: SiteId): Promise<void>;
  noteCheck(check: {
    readonly site: SiteId;
    readonly proof: SiteProof | null;
    readonly refusal: string | null;
    readonly nowMs: number;
  }): Promise<void>;
  /** Moves what is held to the owner of a proved domain, and answers how much that was; at once from two sides, it moves once. */
  release(site: SiteId, nowMs: number): Promise<MicroCredits>;
  /** Proved ones that hold something and were last checked before then. */
  listDue(checkedBeforeMs: number, limit: number): Promise<readonly StoredSite[]>;
  addGains(gains: readonly SiteGain[], nowMs: number): Promise<void>;
  listDays(site: SiteId, sinceDay: number): Promise<readonly SiteDay[]>;
  /** Throws `conflict` while it holds credit. */
  remove(site: SiteId, nowMs: number): Promise<void>;
}

const DAY_MS = 86_400_000;

const SITES = `
  select s.account as id, coalesce(o.attached_to, o.id) as owner, s.domain, s.code, s.created_at as "createdAtMs", s.proof,
    s.proved_at as "provedAtMs", s.checked_at as "checkedAtMs", s.refusal, a.earned + a.granted as held, s.released,
    s.viewed_at as "viewedAtMs", s.agreed_at as "agreedAtMs", s.active_at as "activeAtMs"
  from sites s join accounts a on a.id = s.account join accounts o on o.id = s.owner
  where s.removed_at is null`;

const ADD_GAINS = `
  with gains as (
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
      as u(site, views, agreed, declined, blocked, minutes)
    where site in (select account from sites) order by site
  ), told as (
    update sites s set viewed_at = case when g.views > 0 then $8::bigint else s.viewed_at end,
      agreed_at = case when g.agreed > 0 then $8::bigint else s.agreed_at end,
      active_at = case when g.minutes > 0 then $8::bigint else s.active_at end
    from gains g where s.account = g.site
  )
  insert into site_days (site, day, views, agreed, declined, blocked, minutes)
  select site, $7::int, views, agreed, declined, blocked, minutes from gains
  on conflict (site, day) do update set views = site_days.views + excluded.views, agreed = site_days.agreed + excluded.agreed,
    declined = site_days.declined + excluded.declined, blocked = site_days.blocked + excluded.blocked,
    minutes = site_days.minutes + excluded.minutes`;

/** Days on which something was seen or earned; a site's lines are read by its account alone. */
const DAYS = `
  with seen as (
    select day, views, agreed, declined, blocked, minutes from site_days where site = $1 and day >= $2
  ), paid as (
    select (at / ${DAY_MS})::int as day, sum(amount) as earned from entries
    where account = $1 and reason = 'share' and at >= $2::bigint * ${DAY_MS} group by 1
  )
  select coalesce(s.day, p.day) as day, coalesce(views, 0) as views, coalesce(agreed, 0) as agreed, coalesce(declined, 0) as declined,
    coalesce(blocked, 0) as blocked, coalesce(minutes, 0) as minutes, coalesce(p.earned, 0)::text as earned
  from seen s full join paid p on p.day = s.day order by 1 desc`;

export function createSiteStore({ pool }: Pick<Database, 'pool'>, policy: SitePolicy): SiteStore {
  const list = async (where: string, values: readonly unknown[]): Promise<readonly StoredSite[]> =>
    (await pool.query<StoredSite>(`${SITES} ${where}`, [...values])).rows;
  return {
    register: (site) => withTransaction(pool, (client) => register(client, site)),
    listOf: (owner) =>
      list('and s.owner in (select id from accounts where id = $1 or attached_to = $1) order by s.created_at, s.account', [owner]),
    find: async (site) => (await list('and s.account = $1', [site]))[0] ?? null,
    async bindVisitor(account, site) {
      await pool.query('update accounts set site = $2 where id = $1 and site is distinct from $2', [account, site]);
    },
    async noteCheck({ site, proof, refusal, nowMs }) {
      // what was proved and is not found again waits for the next check: the domain may have changed hands
      await pool.query(
        `update sites set checked_at = $4, refusal = $3, proof = $2, proved_at = case when $2::text is null then null else $4::bigint end
         where account = $1`,
        [site, proof, refusal, nowMs],
      );
    },
    release: (site, nowMs) => withTransaction(pool, (client) => release(client, site, nowMs, policy)),
    listDue: (checkedBeforeMs, limit) =>
      list('and s.proof is not null and s.checked_at < $1 and a.earned + a.granted > 0 order by s.checked_at limit $2', [
        checkedBeforeMs,
        limit,
      ]),
    async addGains(gains, nowMs) {
      const columns = (['site', 'views', 'agreed', 'declined', 'blocked', 'minutes'] as const).map((name) =>
        gains.map((gain) => gain[name]),
      );
      await pool.query(ADD_GAINS, [...columns, Math.floor(nowMs / DAY_MS), nowMs]);
    },
    listDays: async (site, sinceDay) => (await pool.query<SiteDay>(DAYS, [site, sinceDay])).rows,
    remove: (site, nowMs) => withTransaction(pool, (client) => remove(client, site, nowMs)),
  };
}

export interface SitePolicy {
  readonly postTransfers: PostTransfers;
  /** What a guest's balance may not pass: a guest's site keeps the rest. */
  readonly guestCap: MicroCredits;
}

async function register(client: pg.PoolClient, { owner, domain, code, nowMs }: Parameters<SiteStore['register']>[0]): Promise<SiteId> {
  // One at a time for an owner: neither the limit nor a domain is passed by two requests at once.
  await client.query('select id from accounts where id = $1 for no key update', [owner]);
  const { rows } = await client.query<{ readonly account: SiteId; readonly domain: string }>(
    'select account, domain from sites where owner = $1 and removed_at is null',
    [owner],
  );
  const known = rows.find((row) => row.domain === domain);
  if (known) return known.account;
  if (rows.length >= MAX_SITES_AN_ACCOUNT) {
    throw new Fault('quota-exceeded', `An account can have ${MAX_SITES_AN_ACCOUNT} sites and this one has them; remove one first.`);
  }
  const made = await client.query<{ readonly id: SiteId }>(
    "insert into accounts (id, kind, created_at) values (nextval('ids'), 'site', $1) returning id",
    [nowMs],
  );
  const { id } = made.rows[0]!;
  await client.query('insert into sites (account, owner, domain, code, created_at) values ($1, $2, $3, $4, $5)', [
    id,
    owner,
    domain,
    code,
    nowMs,
  ]);
  return id;
}

async function release(client: pg.PoolClient, site: SiteId, nowMs: number, policy: SitePolicy): Promise<MicroCredits> {
  const { rows } = await client.query<{ readonly owner: AccountId; readonly proof: SiteProof | null }>(
    'select owner, proof from sites where account = $1 and removed_at is null for update',
    [site],
  );
  const [found] = rows;
  if (!found) throw new Fault('not-found', 'There is no such site.');
  if (found.proof === null) throw new Fault('conflict', 'The domain is not proved, so what the site earned stays held.');
  const { rows: ids } = await client.query<{ readonly id: number }>("select nextval('ids') as id");
  const transfer = { kind: 'release', site, owner: found.owner } as const;
  const credit = await postCredit(client, { units: [[{ transfer, atMs: nowMs }]], nextId: () => ids[0]!.id, newEscrows: [] }, policy);
  const moved = credit.entries.reduce((sum, { account, amount }) => (account === site ? sum - amount : sum), 0n);
  if (moved > 0n) await client.query('update sites set released = released + $2 where account = $1', [site, moved]);
  return moved;
}

async function remove(client: pg.PoolClient, site: SiteId, nowMs: number): Promise<void> {
  const { rows } = await client.query<{ readonly held: MicroCredits }>(
    `select a.earned + a.granted as held from sites s join accounts a on a.id = s.account
     where s.account = $1 and s.removed_at is null for update`,
    [site],
  );
  const [found] = rows;
  if (!found) throw new Fault('not-found', 'There is no such site.');
  if (found.held > 0n) throw new Fault('conflict', 'This site still holds credit: prove its domain first, then it can be removed.');
  await client.query('update sites set removed_at = $2 where account = $1', [site, nowMs]);
}
