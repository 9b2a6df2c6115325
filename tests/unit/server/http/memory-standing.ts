// Profiles and teams in maps, and nobody who has done anything: enough for the routes; what is added up is tested with the real database.
import type { StandingDependencies } from '../../../../server/http/standing-dependencies.ts';
import type { HistoryView, ProfileView, StandingSums } from '../../../../src/protocol/api-standing.ts';
import { cleanPseudonym, cleanTeamName, generateName, keyOfName } from '../../../../src/protocol/display-name.ts';
import { Fault } from '../../../../src/protocol/fault.ts';
import type { AccountId } from '../../../../src/protocol/ids.ts';

const NOTHING: StandingSums = { verifiedShards: 0, work: 0, creditMicro: '0', gpuShards: 0, cpuShards: 0, phoneShards: 0 };

export function createMemoryStanding(): StandingDependencies {
  const profiles = new Map<AccountId, Pick<ProfileView, 'pseudonym' | 'isListed'>>();
  const teams = new Map<number, { readonly name: string; readonly createdAtMs: number; readonly members: Set<AccountId> }>();
  const teamOf = (account: AccountId) => [...teams].find(([, { members }]) => members.has(account));
  const summarise = ([id, { name, members }]: readonly [number, { readonly name: string; readonly members: ReadonlySet<AccountId> }]) => ({
    id,
    name,
    members: members.size,
  });

  const readProfile = async (account: AccountId): Promise<ProfileView> => {
    const { pseudonym, isListed } = profiles.get(account) ?? { pseudonym: null, isListed: true };
    const generatedName = generateName(account);
    const team = teamOf(account);
    return { account, name: pseudonym ?? generatedName, pseudonym, generatedName, isListed, team: team ? summarise(team) : null };
  };
  const become = (team: number, account: AccountId): void => {
    teamOf(account)?.[1].members.delete(account);
    teams.get(team)?.members.add(account);
  };

  return {
    readHistory: async ({ days, nowMs }): Promise<HistoryView> => ({
      asOfMs: nowMs,
      days: Array.from({ length: days }, (_, at) => ({ atMs: nowMs - (days - 1 - at) * 86_400_000, ...NOTHING })),
      hours: [],
      streak: { days: 0, bestDays: 0, isTodayDone: false },
      totals: NOTHING,
      devices: [],
      badges: [],
    }),
    readBoard: async ({ by, period, league, nowMs }) => ({
      by,
      period,
      league,
      sinceMs: null,
      asOfMs: nowMs,
      rows: [],
      total: 0,
      me: null,
    }),
    forgetBoards: () => undefined,
    readProfile,
    async changeProfile(account, change) {
      const known = await readProfile(account);
      const pseudonym = change.pseudonym === undefined ? known.pseudonym : change.pseudonym && cleanPseudonym(change.pseudonym).name;
      profiles.set(account, { pseudonym, isListed: change.isListed ?? known.isListed });
      return readProfile(account);
    },
    readRejections: async () => ({ rejections: [], next: null }),
    async foundTeam({ name, founder, nowMs }) {
      const id = teams.size + 1;
      teams.set(id, { name: cleanTeamName(name).name, createdAtMs: nowMs, members: new Set() });
      become(id, founder);
      return id;
    },
    searchTeams: async (search) => [...teams].map(summarise).filter(({ name }) => keyOfName(name).includes(keyOfName(search))),
    async readTeam(id, account) {
      const team = teams.get(id);
      if (!team) return null;
      const isMine = account !== null && team.members.has(account);
      return { ...summarise([id, team]), createdAtMs: team.createdAtMs, isMine, verifiedShards: 0, work: 0, listed: [] };
    },
    async joinTeam(id, account) {
      if (!teams.has(id)) throw new Fault('not-found', 'There is no such team.');
      become(id, account);
    },
    async leaveTeam(id, account) {
      if (!teams.get(id)?.members.delete(account)) throw new Fault('conflict', 'You are not a member of this team.');
    },
  };
}
