// One's team: who is in it and what they did for it; or the way to find, join or found one.
import { createEffect, createSignal, For, type JSX, on, Show } from 'solid-js';
import type { ProfileView, TeamSummary, TeamView } from '../../../protocol/api-standing.ts';
import { leaveTeam, readTeam } from '../../../requester/teams.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { createAnswer } from '../../state/create-answer.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { formatCoreTime } from './format-core-time.ts';
import { TeamFinder } from './team-finder.tsx';
import { WORDS } from './words.ts';

const MEMBERS_SHOWN = 8;

export function TeamCard(props: { readonly profile: ProfileView; readonly onChange: (profile: ProfileView) => void }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <section class="card stack" aria-labelledby="team">
      <h2 id="team">{words().team.title}</h2>
      <Show when={props.profile.team} keyed fallback={<TeamFinder onChange={props.onChange} />}>
        {(team) => <MyTeam team={team} onChange={props.onChange} />}
      </Show>
    </section>
  );
}

function MyTeam(props: { readonly team: TeamSummary; readonly onChange: (profile: ProfileView) => void }): JSX.Element {
  const words = useWords(WORDS);
  const { api, toasts } = useApp();
  const view = createAnswer((signal) => readTeam(api, props.team.id, signal));
  const [isBusy, setBusy] = createSignal(false);
  const [refusal, setRefusal] = createSignal<string | null>(null);
  createEffect(on(() => props.team.id, view.load, { defer: true }));
  const leave = async (): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      const { name } = props.team;
      const profile = await leaveTeam(api, props.team.id);
      toasts.show(words().team.left(name));
      props.onChange(profile);
    } catch (error) {
      setRefusal(describeFault(error).sentence);
    } finally {
      setBusy(false);
    }
  };
  const copy = async (): Promise<void> => {
    const link = new URL(`/leaderboard?by=teams&team=${props.team.id}`, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      toasts.show(words().team.copied);
    } catch {
      history.replaceState(history.state, '', link);
      toasts.show(words().team.notCopied);
    }
  };
  return (
    <>
      <div>
        <p class="my-name">
          <bdi>{props.team.name}</bdi>
        </p>
        <p class="small muted">{words().table.members(props.team.members, formatCount(props.team.members))}</p>
      </div>
      <Show when={view.value()}>{(team) => <Members team={team()} />}</Show>
      <Refusal fault={refusal()} />
      <div class="row">
        <button type="button" class="button is-small" onClick={() => void copy()}>
          {words().team.copy}
        </button>
        <button type="button" class="button is-small is-quiet" disabled={isBusy()} onClick={() => void leave()}>
          {words().team.leave}
        </button>
      </div>
    </>
  );
}

function Members(props: { readonly team: TeamView }): JSX.Element {
  const words = useWords(WORDS);
  const listed = () => props.team.listed.slice(0, MEMBERS_SHOWN);
  const others = () => props.team.members - listed().length;
  return (
    <>
      <p class="small">{words().team.sum(formatCount(props.team.verifiedShards), formatCoreTime(props.team.work))}</p>
      <h3 class="sr">{words().team.membersTitle}</h3>
      <ul class="members" role="list">
        <For each={listed()}>
          {(member) => (
            <li>
              <bdi>{member.name}</bdi>
              <Show when={member.isMe}>
                <span class="badge" data-tone="live">
                  {words().table.me}
                </span>
              </Show>
              <span class="number muted small">{formatCoreTime(member.work)}</span>
            </li>
          )}
        </For>
      </ul>
      <Show when={others() > 0}>
        <p class="small muted">{words().team.others(others(), formatCount(others()))}</p>
      </Show>
    </>
  );
}
