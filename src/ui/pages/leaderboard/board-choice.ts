// Which board is looked at: kept in the address, so that a link shows the same one.
import { useSearchParams } from '@solidjs/router';
import { BOARDS, type Board, LEAGUE_CHOICES, type LeagueChoice, PERIODS, type Period } from '../../../protocol/api-standing.ts';
import type { LeaderboardChoice } from '../../../requester/read-leaderboard.ts';

export interface BoardChoice {
  readonly current: () => LeaderboardChoice;
  choose(change: Partial<LeaderboardChoice>): void;
  /** A team that somebody was invited to by a link. */
  readonly invitedTo: () => number | null;
  forgetInvitation(): void;
}

const FIRST: LeaderboardChoice = { by: 'people', period: 'week', league: 'all' };
const WHOLE = /^[1-9]\d{0,14}$/;

export function createBoardChoice(): BoardChoice {
  const [search, setSearch] = useSearchParams();
  const find = <Choice extends string>(choices: readonly Choice[], value: unknown, otherwise: Choice): Choice =>
    choices.find((choice) => choice === value) ?? otherwise;
  return {
    current: () => ({
      by: find<Board>(BOARDS, search.by, FIRST.by),
      period: find<Period>(PERIODS, search.period, FIRST.period),
      league: find<LeagueChoice>(LEAGUE_CHOICES, search.league, FIRST.league),
    }),
    choose(change) {
      const named = Object.entries(change) as readonly (readonly [keyof LeaderboardChoice, string])[];
      setSearch(Object.fromEntries(named.map(([name, value]) => [name, value === FIRST[name] ? null : value])), { replace: true });
    },
    invitedTo: () => (typeof search.team === 'string' && WHOLE.test(search.team) ? Number(search.team) : null),
    forgetInvitation: () => setSearch({ team: null }, { replace: true }),
  };
}
