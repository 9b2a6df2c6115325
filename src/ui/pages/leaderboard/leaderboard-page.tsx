// Leaderboard: who did how much verified work, where one stands oneself, one's team, and how it is counted.
import { A } from '@solidjs/router';
import { createEffect, createSignal, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
import '../../styles/leaderboard.css';
import type { Board, LeaderboardView, ProfileView } from '../../../protocol/api-standing.ts';
import { readProfile } from '../../../requester/profile.ts';
import { readLeaderboard } from '../../../requester/read-leaderboard.ts';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Empty, Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { type Answer, createAnswer } from '../../state/create-answer.ts';
import { formatCount, formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { BadgeLegend } from './badge-marks.tsx';
import { type BoardChoice, createBoardChoice } from './board-choice.ts';
import { BoardTable, FIRST_ROWS } from './board-table.tsx';
import { ChoiceBar } from './choice-bar.tsx';
import { InvitationDialog } from './invitation-dialog.tsx';
import { TeamCard } from './team-card.tsx';
import { WORDS } from './words.ts';
import { YouCard } from './you-card.tsx';

/** As long as the coordinator keeps an order. */
const REFRESH_MS = 10_000;
const ROW_BONES = [44, 52, 52, 52, 52, 52];

export function LeaderboardPage(): JSX.Element {
  const words = useWords(WORDS);
  const { api, session } = useApp();
  createTitle(
    () => words().title,
    () => words().description,
  );
  const choice = createBoardChoice();
  const board = createAnswer((signal) => readLeaderboard(api, choice.current(), signal));
  const profile = createAnswer<ProfileView | null>(async (signal) =>
    session.current().kind === 'signed-in' ? readProfile(api, signal) : null,
  );
  createEffect(on(() => JSON.stringify(choice.current()), board.load, { defer: true }));
  createEffect(
    on(
      () => accountOf(session.current()),
      () => {
        profile.load();
        board.load();
      },
      { defer: true },
    ),
  );
  const timer = setInterval(() => document.visibilityState === 'visible' && board.load(), REFRESH_MS);
  onCleanup(() => clearInterval(timer));
  /** The one that was asked for, not the one before it. */
  const shown = (): LeaderboardView | null => {
    const [view, wanted] = [board.value(), choice.current()];
    return view && view.by === wanted.by && view.period === wanted.period && view.league === wanted.league ? view : null;
  };
  const become = (next: ProfileView): void => {
    profile.set(next);
    board.load();
  };
  return (
    <>
      <PageHead title={words().title} lead={words().lead} />
      <ChoiceBar choice={choice} />
      <div class="standing">
        <div class="stack board-column">
          <BoardArea board={board} shown={shown()} choice={choice} />
        </div>
        <div class="stack you-column">
          <YouCard profile={profile} board={shown()} onChange={become} />
        </div>
        <div class="stack more-column">
          <Show when={profile.value()} keyed>
            {(known) => <TeamCard profile={known} onChange={become} />}
          </Show>
          <section class="card stack" aria-labelledby="badges">
            <h2 id="badges">{words().badges.title}</h2>
            <BadgeLegend />
          </section>
          <Rules />
        </div>
      </div>
      <InvitationDialog choice={choice} profile={profile.value()} onJoined={become} />
    </>
  );
}

function accountOf(current: ReturnType<ReturnType<typeof useApp>['session']['current']>): number | null {
  return current.kind === 'signed-in' ? current.view.account.id : null;
}

function BoardArea(props: {
  readonly board: Answer<LeaderboardView>;
  readonly shown: LeaderboardView | null;
  readonly choice: BoardChoice;
}): JSX.Element {
  const words = useWords(WORDS);
  const [isWhole, setWhole] = createSignal(false);
  return (
    <Switch>
      <Match when={props.shown === null && props.board.fault()}>{(fault) => <Failed fault={fault()} onRetry={props.board.load} />}</Match>
      <Match when={props.shown === null}>
        <Loading heights={ROW_BONES} label={words().loading} />
      </Match>
      <Match when={props.shown}>
        {(view) => (
          <>
            <Show when={props.board.fault() !== null}>
              <p class="notice is-plain small">{words().stale(formatMoment(view().asOfMs, Date.now()))}</p>
            </Show>
            <Show when={view().rows.length > 0} fallback={<NoRows by={view().by} choice={props.choice} />}>
              <section class="card board-card" aria-label={words().title}>
                <BoardTable view={view()} isWhole={isWhole()} />
                <Show when={view().rows.length > FIRST_ROWS}>
                  <div class="row more">
                    <button type="button" class="button is-small" aria-expanded={isWhole()} onClick={() => setWhole(!isWhole())}>
                      {isWhole() ? words().table.fewer : words().table.more(formatCount(view().rows.length))}
                    </button>
                  </div>
                </Show>
                <p class="small muted">
                  {words().table.total(view().total, formatCount(view().total))} {words().asOf(formatMoment(view().asOfMs, Date.now()))}.
                </p>
              </section>
            </Show>
          </>
        )}
      </Match>
    </Switch>
  );
}

function NoRows(props: { readonly by: Board; readonly choice: BoardChoice }): JSX.Element {
  const words = useWords(WORDS);
  const none = () => words().none;
  const way = () => {
    switch (props.by) {
      case 'people':
      case 'teams':
        return { href: '/', text: none().contribute };
      case 'requesters':
        return { href: '/jobs/new', text: none().jobs };
      case 'sites':
        return { href: '/embed', text: none().embed };
    }
  };
  return (
    <Empty title={none()[props.by].title} sentence={none()[props.by].sentence}>
      <div class="row">
        <A href={way().href} class="button is-main">
          {way().text}
        </A>
        <Show when={props.choice.current().period !== 'all'}>
          <button type="button" class="button" onClick={() => props.choice.choose({ period: 'all', league: 'all' })}>
            {none().allTime}
          </button>
        </Show>
      </div>
    </Empty>
  );
}

function Rules(): JSX.Element {
  const words = useWords(WORDS);
  const rules = () => words().rules;
  return (
    <section class="card stack rules" aria-labelledby="rules">
      <h2 id="rules">{rules().title}</h2>
      <ul>
        <li>{rules().verified}</li>
        <li>{rules().work}</li>
        <li>{rules().leagues}</li>
        <li>{rules().time}</li>
        <li>{rules().teams}</li>
        <li>{rules().ties}</li>
      </ul>
    </section>
  );
}
