// Teams: founded, found, joined and left; what a member did stays with the team it was done for.
import type pg from 'pg';
import { STANDING_LIMITS, type TeamMember, type TeamSummary, type TeamView } from '../../src/protocol/api-standing.ts';
import { cleanTeamName, keyOfName } from '../../src/protocol/display-name.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import { type PublicName, showName } from './public-name.ts';
import { withTransaction } from './with-transaction.ts';

export interface TeamStore {
  /** The founder is its first member. Throws `bad-request`, `conflict`, `quota-exceeded`. */
  foundTeam(team: { readonly name: string; readonly founder: AccountId; readonly nowMs: number }): Promise<number>;
  /** By what their names begin with or hold; the largest first. */
  searchTeams(search: string): Promise<readonly TeamSummary[]>;
  /** Null when there is no such team. */
  readTeam(team: number, account: AccountId | null): Promise<TeamView | null>;
  /** One team an account: the one before is left. Throws `not-found`, `conflict` when it is full. */
  joinTeam(team: number, account: AccountId, nowMs: number): Promise<void>;
  /** Throws `conflict` when it is not a member. A team without members goes, with its name, when nothing was done for it. */
  leaveTeam(team: number, account: AccountId): Promise<void>;
}

const DAY_MS = 86_400_000;
const UNIQUE_VIOLATION = '23505';

const SEARCH = `
  select t.id, t.name, count(m.account)::int as members from teams t left join team_members m on m.team = t.id
  where position($1 in t.name_key) > 0
  group by t.id order by t.name_key <> $1, count(m.account) desc, t.id limit ${STANDING_LIMITS.teamsAPage}`;

const READ = `
  select t.id, t.name, t.created_at as "createdAtMs", (select count(*)::int from team_members m where m.team = t.id) as members,
    exists (select from team_members m where m.team = t.id and m.account = $2) as "isMine",
    coalesce((select sum(s.shards) from standing_totals s where s.team = t.id), 0)::bigint as "verifiedShards",
    coalesce((select sum(s.work) from standing_totals s where s.team = t.id), 0) as work
  from teams t where t.id = $1`;

const MEMBERS = `
  select a.id, a.kind, p.pseudonym, p.is_listed, coalesce(sum(s.shards), 0)::bigint as shards, coalesce(sum(s.work), 0) as work
  from team_members m join accounts a on a.id = m.account left join profiles p on p.account = a.id
  left join standing_totals s on s.team = m.team and s.account in (select id from accounts g where g.id = a.id or g.attached_to = a.id)
  where m.team = $1 and (coalesce(p.is_listed, true) or a.id = $2)
  group by a.id, p.account order by 6 desc, a.id limit ${STANDING_LIMITS.membersListed}`;

interface MemberRow extends PublicName {
  readonly shards: number;
  readonly work: number;
}

export function createTeamStore(pool: pg.Pool): TeamStore {
  return {
    foundTeam: (team) => withTransaction(pool, (client) => found(client, team)),
    async searchTeams(search) {
      const { rows } = await pool.query<TeamSummary>(SEARCH, [keyOfName(search)]);
      return rows;
    },
    async readTeam(team, account) {
      const { rows } = await pool.query<Omit<TeamView, 'listed'>>(READ, [team, account]);
      if (!rows[0]) return null;
      const members = await pool.query<MemberRow>(MEMBERS, [team, account]);
      const listed = members.rows.map((row): TeamMember => {
        const isMe = row.id === account;
        return { account: row.id, name: showName(row), isMe, verifiedShards: row.shards, work: row.work };
      });
      return { ...rows[0], listed };
    },
    joinTeam: (team, account, nowMs) => withTransaction(pool, (client) => join(client, team, account, nowMs)),
    leaveTeam: (team, account) => withTransaction(pool, (client) => leave(client, team, account)),
  };
}

async function found(
  client: pg.PoolClient,
  { name: text, founder, nowMs }: { readonly name: string; readonly founder: AccountId; readonly nowMs: number },
): Promise<number> {
  const { name, key } = cleanTeamName(text);
  // one founding of an account at a time, so that the count is true until the commit
  await client.query('select id from accounts where id = $1 for no key update', [founder]);
  const recent = await client.query<{ readonly count: number }>(
    'select count(*)::int as count from teams where founder = $1 and created_at > $2',
    [founder, nowMs - DAY_MS],
  );
  if (recent.rows[0]!.count >= STANDING_LIMITS.teamsADay) {
    throw new Fault('quota-exceeded', `One account may found ${STANDING_LIMITS.teamsADay} teams a day; join one, or wait until tomorrow.`);
  }
  try {
    const { rows } = await client.query<{ readonly id: number }>(
      'insert into teams (name, name_key, founder, created_at) values ($1, $2, $3, $4) returning id',
      [name, key, founder, nowMs],
    );
    const team = rows[0]!.id;
    await become(client, team, founder, nowMs);
    return team;
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code !== UNIQUE_VIOLATION) throw cause;
    throw new Fault('conflict', 'There is a team of this name, or of one that looks like it; join it or choose another name.');
  }
}

async function join(client: pg.PoolClient, team: number, account: AccountId, nowMs: number): Promise<void> {
  // the team's lock makes the count true until the commit
  const { rows } = await client.query<{ readonly members: number; readonly isMine: boolean }>(
    `select (select count(*)::int from team_members m where m.team = t.id) as members,
      exists (select from team_members m where m.team = t.id and m.account = $2) as "isMine"
    from (select id from teams where id = $1 for no key update) t`,
    [team, account],
  );
  const [facts] = rows;
  if (!facts) throw new Fault('not-found', 'There is no such team.');
  if (facts.isMine) return;
  // counted again under the lock: the first count may be of before it was waited for
  const counted = await client.query<{ readonly members: number }>('select count(*)::int as members from team_members where team = $1', [
    team,
  ]);
  if (counted.rows[0]!.members >= STANDING_LIMITS.teamMembers) {
    throw new Fault('conflict', `The team is full: it has ${STANDING_LIMITS.teamMembers} members; join another or found one.`);
  }
  await become(client, team, account, nowMs);
}

async function become(client: pg.PoolClient, team: number, account: AccountId, nowMs: number): Promise<void> {
  await client.query(
    `insert into team_members (account, team, joined_at) values ($1, $2, $3)
     on conflict (account) do update set team = excluded.team, joined_at = excluded.joined_at`,
    [account, team, nowMs],
  );
}

async function leave(client: pg.PoolClient, team: number, account: AccountId): Promise<void> {
  // nobody joins a team that goes
  await client.query('select id from teams where id = $1 for update', [team]);
  const { rowCount } = await client.query('delete from team_members where team = $1 and account = $2', [team, account]);
  if (rowCount === 0) throw new Fault('conflict', 'You are not a member of this team.');
  await client.query(
    `delete from teams t where t.id = $1 and not exists (select from team_members m where m.team = t.id)
     and not exists (select from standing_totals s where s.team = t.id)`,
    [team],
  );
}
