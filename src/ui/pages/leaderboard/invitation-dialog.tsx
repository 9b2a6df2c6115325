// Somebody came by a team's link: asked once whether to join, and by which key.
import { createEffect, createSignal, type JSX, on, Show } from 'solid-js';
import type { ProfileView, TeamView } from '../../../protocol/api-standing.ts';
import { joinTeam, readTeam } from '../../../requester/teams.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { BoardChoice } from './board-choice.ts';
import { formatCoreTime } from './format-core-time.ts';
import { WORDS } from './words.ts';

export function InvitationDialog(props: {
  readonly choice: BoardChoice;
  readonly profile: ProfileView | null;
  readonly onJoined: (profile: ProfileView) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const { api, session, toasts } = useApp();
  const [team, setTeam] = createSignal<TeamView | null>(null);
  const [refusal, setRefusal] = createSignal<string | null>(null);
  const [isBusy, setBusy] = createSignal(false);
  const close = (): void => {
    setTeam(null);
    props.choice.forgetInvitation();
  };
  createEffect(
    on(props.choice.invitedTo, (id) => {
      if (id === null) return;
      const offer = async (): Promise<void> => {
        const found = await readTeam(api, id);
        if (found.isMine) return close();
        setTeam(found);
      };
      offer().catch((error: unknown) => {
        toasts.show(describeFault(error).sentence);
        props.choice.forgetInvitation();
      });
    }),
  );
  const join = async (id: number): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      await session.ensure();
      const profile = await joinTeam(api, id);
      toasts.show(words().team.joined(profile.team?.name ?? ''));
      props.onJoined(profile);
      close();
    } catch (error) {
      setRefusal(describeFault(error).sentence);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog isOpen={team() !== null} title={words().team.invitation(team()?.name ?? '')} onClose={close}>
      <Show when={team()} keyed>
        {(offered) => (
          <div class="stack">
            <p>
              {words().team.invited} {words().table.members(offered.members, formatCount(offered.members))},{' '}
              {words().team.sum(formatCount(offered.verifiedShards), formatCoreTime(offered.work))}.
            </p>
            <Show when={props.profile?.team}>{(mine) => <p class="notice is-plain small">{words().team.replaces(mine().name)}</p>}</Show>
            <Show when={session.current().kind === 'nobody'}>
              <p class="small muted">{words().team.needsKey}</p>
            </Show>
            <Refusal fault={refusal()} />
            <div class="row">
              <button type="button" class="button is-main" disabled={isBusy()} onClick={() => void join(offered.id)}>
                {isBusy() ? words().team.busy : words().team.joinShort}
              </button>
              <button type="button" class="button" onClick={close}>
                {words().team.notNow}
              </button>
            </div>
          </div>
        )}
      </Show>
    </Dialog>
  );
}
