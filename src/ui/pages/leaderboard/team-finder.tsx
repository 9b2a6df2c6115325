// Find a team by its name and join it, or found one.
import { createEffect, createSignal, createUniqueId, For, type JSX, on, onCleanup, Show } from 'solid-js';
import type { ProfileView, TeamSummary } from '../../../protocol/api-standing.ts';
import { cleanTeamName } from '../../../protocol/display-name.ts';
import { readProfile } from '../../../requester/profile.ts';
import { foundTeam, joinTeam, searchTeams } from '../../../requester/teams.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { createAnswer } from '../../state/create-answer.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

/** Asked when typing pauses. */
const PAUSE_MS = 250;
const SHOWN = 5;

export function TeamFinder(props: { readonly onChange: (profile: ProfileView) => void }): JSX.Element {
  const words = useWords(WORDS);
  const { api, toasts } = useApp();
  const id = createUniqueId();
  const [search, setSearch] = createSignal('');
  const found = createAnswer((signal) => searchTeams(api, search().slice(0, 32), signal));
  const [isBusy, setBusy] = createSignal(false);
  const [refusal, setRefusal] = createSignal<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(
      search,
      () => {
        clearTimeout(timer);
        timer = setTimeout(found.load, PAUSE_MS);
      },
      { defer: true },
    ),
  );
  onCleanup(() => clearTimeout(timer));
  const enter = async (act: () => Promise<ProfileView>): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      const profile = await act();
      toasts.show(words().team.joined(profile.team?.name ?? ''));
      props.onChange(profile);
    } catch (error) {
      setRefusal(describeFault(error).sentence);
    } finally {
      setBusy(false);
    }
  };
  const begin = (name: string) =>
    enter(async () => {
      cleanTeamName(name);
      await foundTeam(api, name);
      return readProfile(api);
    });
  return (
    <>
      <p class="small muted">{words().team.none}</p>
      <div class="field">
        <label for={`${id}-search`}>{words().team.search}</label>
        <input
          id={`${id}-search`}
          class="input"
          type="search"
          autocomplete="off"
          placeholder={words().team.placeholder}
          value={search()}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      <div aria-live="polite">
        <TeamList teams={found.value()?.teams ?? null} isBusy={isBusy()} onJoin={(team) => void enter(() => joinTeam(api, team))} />
      </div>
      <Founding id={id} isBusy={isBusy()} onFound={(name) => void begin(name)} />
      <div aria-live="polite">
        <Refusal fault={refusal()} />
      </div>
    </>
  );
}

function TeamList(props: {
  readonly teams: readonly TeamSummary[] | null;
  readonly isBusy: boolean;
  readonly onJoin: (team: number) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  return (
    <Show when={props.teams !== null} fallback={<p class="small muted">{words().team.searching}</p>}>
      <Show when={props.teams!.length > 0} fallback={<p class="small muted">{words().team.noMatch}</p>}>
        <ul class="members" role="list">
          <For each={props.teams!.slice(0, SHOWN)}>
            {(team) => (
              <li>
                <span class="team-name">
                  <bdi>{team.name}</bdi>
                  <span class="small muted">{words().table.members(team.members, formatCount(team.members))}</span>
                </span>
                <button
                  type="button"
                  class="button is-small"
                  disabled={props.isBusy}
                  aria-label={words().team.join(team.name)}
                  onClick={() => props.onJoin(team.id)}
                >
                  {words().team.joinShort}
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </Show>
  );
}

function Founding(props: { readonly id: string; readonly isBusy: boolean; readonly onFound: (name: string) => void }): JSX.Element {
  const words = useWords(WORDS);
  const [name, setName] = createSignal('');
  return (
    <details>
      <summary>{words().team.found}</summary>
      <form
        class="stack tight founding"
        onSubmit={(event) => {
          event.preventDefault();
          props.onFound(name());
        }}
      >
        <div class="field">
          <label for={`${props.id}-found`}>{words().team.foundName}</label>
          <input
            id={`${props.id}-found`}
            class="input"
            type="text"
            autocomplete="off"
            required
            aria-describedby={`${props.id}-found-hint`}
            value={name()}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <span id={`${props.id}-found-hint`} class="hint">
            {words().team.foundHint}
          </span>
        </div>
        <div>
          <button type="submit" class="button is-small" disabled={props.isBusy}>
            {props.isBusy ? words().team.busy : words().team.foundAction}
          </button>
        </div>
      </form>
    </details>
  );
}
