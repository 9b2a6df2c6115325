// Profiles: the name an account is shown by, whether it is listed, and its team.
import type pg from 'pg';
import type { ProfileChange, ProfileView, TeamSummary } from '../../src/protocol/api-standing.ts';
import { cleanPseudonym, generateName } from '../../src/protocol/display-name.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId } from '../../src/protocol/ids.ts';

export interface ProfileStore {
  readProfile(account: AccountId): Promise<ProfileView>;
  /** Throws `bad-request`; `conflict` when another account has the name or one that looks like it. */
  changeProfile(account: AccountId, change: ProfileChange): Promise<ProfileView>;
}

interface ProfileRow {
  readonly pseudonym: string | null;
  readonly is_listed: boolean | null;
  readonly team: number | null;
  readonly team_name: string | null;
  readonly members: number;
}

const READ = `
  select p.pseudonym, p.is_listed, t.id as team, t.name as team_name, (select count(*)::int from team_members o where o.team = t.id) as members
  from accounts a left join profiles p on p.account = a.id left join team_members m on m.account = a.id left join teams t on t.id = m.team
  where a.id = $1`;

/** What is null stays: `$2` and `$3` name and key, `$4` whether they are to be written, `$5` listed or not. */
const WRITE = `
  insert into profiles as p (account, pseudonym, name_key, is_listed) values ($1, $2, $3, coalesce($5, true))
  on conflict (account) do update set
    pseudonym = case when $4 then excluded.pseudonym else p.pseudonym end,
    name_key = case when $4 then excluded.name_key else p.name_key end,
    is_listed = coalesce($5, p.is_listed)`;

const UNIQUE_VIOLATION = '23505';

export function createProfileStore(pool: pg.Pool): ProfileStore {
  return {
    readProfile,
    async changeProfile(account, { pseudonym, isListed }) {
      const name = pseudonym == null ? null : cleanPseudonym(pseudonym);
      try {
        await pool.query(WRITE, [account, name?.name ?? null, name?.key ?? null, pseudonym !== undefined, isListed ?? null]);
      } catch (cause) {
        if ((cause as { readonly code?: unknown }).code !== UNIQUE_VIOLATION) throw cause;
        throw new Fault('conflict', 'Somebody has this pseudonym, or one that looks like it; choose another.', {
          facts: { field: 'pseudonym' },
        });
      }
      return readProfile(account);
    },
  };

  async function readProfile(account: AccountId): Promise<ProfileView> {
    const { rows } = await pool.query<ProfileRow>(READ, [account]);
    const [row] = rows;
    if (!row) throw new Fault('not-found', 'There is no such account.');
    const generatedName = generateName(account);
    const team: TeamSummary | null = row.team === null ? null : { id: row.team, name: row.team_name!, members: row.members };
    const { pseudonym } = row;
    return { account, name: pseudonym ?? generatedName, pseudonym, generatedName, isListed: row.is_listed ?? true, team };
  }
}

/** A guest's name and team are its wallet's from now on, where the wallet has none of its own. Within the caller's transaction. */
export async function attachProfile(client: Pick<pg.ClientBase, 'query'>, guest: AccountId, wallet: AccountId): Promise<void> {
  for (const table of ['profiles', 'team_members']) {
    await client.query(`update ${table} set account = $2 where account = $1 and not exists (select from ${table} where account = $2)`, [
      guest,
      wallet,
    ]);
  }
  await client.query('delete from team_members where account = $1', [guest]);
}
