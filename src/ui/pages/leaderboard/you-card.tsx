// How one is shown here, and where one stands.
import { A } from '@solidjs/router';
import { createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import type { LeaderboardView, ProfileView } from '../../../protocol/api-standing.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import type { Answer } from '../../state/create-answer.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { uiWords } from '../../words.ts';
import { ProfileDialog } from './profile-dialog.tsx';
import { WORDS } from './words.ts';

export function YouCard(props: {
  readonly profile: Answer<ProfileView | null>;
  readonly board: LeaderboardView | null;
  readonly onChange: (profile: ProfileView) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const { session } = useApp();
  const [isOpen, setOpen] = createSignal(false);
  const unknown = () => {
    const current = session.current();
    return current.kind === 'unknown' ? current.fault : null;
  };
  const isNobody = () => session.current().kind === 'nobody';
  return (
    <section class="card stack" aria-labelledby="you">
      <h2 id="you">{words().you.title}</h2>
      <Switch>
        <Match when={isNobody()}>
          <p class="muted">{words().you.nobody}</p>
          <div>
            <A href="/" class="button is-main">
              {words().you.start}
            </A>
          </div>
        </Match>
        <Match when={props.profile.value()} keyed>
          {(profile) => (
            <>
              <div>
                <p class="my-name">
                  <bdi>{profile.name}</bdi>
                </p>
                <p class="small muted">
                  {profile.isListed ? (profile.pseudonym === null ? words().you.generated : words().you.listed) : words().you.unlisted}
                </p>
              </div>
              <Show when={profile.isListed && props.board?.by === 'people'}>
                <p>
                  <Standing board={props.board!} />
                </p>
              </Show>
              <div>
                <button type="button" class="button is-small" onClick={() => setOpen(true)}>
                  {words().you.change}
                </button>
              </div>
              <ProfileDialog isOpen={isOpen()} profile={profile} onClose={() => setOpen(false)} onSaved={(next) => props.onChange(next)} />
            </>
          )}
        </Match>
        <Match when={unknown()}>{(fault) => <NotLoaded fault={fault()} onRetry={() => void session.refresh()} />}</Match>
        <Match when={props.profile.fault()}>{(fault) => <NotLoaded fault={fault()} onRetry={props.profile.load} />}</Match>
        <Match when={true}>
          <Loading heights={[28, 20, 36]} label={words().you.loading} />
        </Match>
      </Switch>
    </section>
  );
}

/** The board beside it fails more visibly. */
function NotLoaded(props: { readonly fault: FaultBody; readonly onRetry: () => void }): JSX.Element {
  return (
    <>
      <p class="muted" lang="en">
        {props.fault.sentence}
      </p>
      <div>
        <button type="button" class="button is-small" onClick={() => props.onRetry()}>
          {uiWords().states.retry}
        </button>
      </div>
    </>
  );
}

function Standing(props: { readonly board: LeaderboardView }): JSX.Element {
  const words = useWords(WORDS);
  const mine = () => props.board.me?.find(({ isMe }) => isMe);
  return (
    <Show when={mine()} fallback={words().you.unranked}>
      {(row) => <>{words().you.rank(formatCount(row().rank), formatCount(props.board.total))}</>}
    </Show>
  );
}
