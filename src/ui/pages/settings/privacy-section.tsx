// How one stands before others: a name of one's own, whether it is shown at all, and what the coordinator stores.
import { createSignal, createUniqueId, For, type JSX, Match, Show, Switch } from 'solid-js';
import { type ProfileChange, type ProfileView, STANDING_LIMITS } from '../../../protocol/api-standing.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { changeProfile, readProfile } from '../../../requester/profile.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { SwitchRow } from '../../parts/power/switch-row.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { type Answer, createAnswer } from '../../state/create-answer.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function PrivacySection(): JSX.Element {
  const { session } = useApp();
  const words = useWords(WORDS);
  return (
    <>
      <Show
        when={session.current().kind === 'signed-in'}
        fallback={
          <Show when={session.current().kind !== 'loading'}>
            <p class="muted">{words().privacy.signedOut}</p>
          </Show>
        }
      >
        <Profile />
      </Show>
      <h3>{words().privacy.stored}</h3>
      <ul class="plain-list">
        <For each={words().privacy.facts}>{(fact) => <li>{fact}</li>}</For>
      </ul>
    </>
  );
}

function Profile(): JSX.Element {
  const { api } = useApp();
  const words = useWords(WORDS);
  const profile = createAnswer((signal) => readProfile(api, signal));
  return (
    <Switch>
      <Match when={profile.value()}>{(view) => <ProfileForm view={view()} profile={profile} />}</Match>
      <Match when={profile.fault()}>{(fault) => <Failed fault={fault()} onRetry={profile.load} />}</Match>
      <Match when={true}>
        <Loading heights={[72, 44]} label={words().privacy.loading} />
      </Match>
    </Switch>
  );
}

function ProfileForm(props: { readonly view: ProfileView; readonly profile: Answer<ProfileView> }): JSX.Element {
  const { api } = useApp();
  const words = useWords(WORDS);
  const id = createUniqueId();
  const { min, max } = STANDING_LIMITS.pseudonymLetters;
  const [name, setName] = createSignal(props.view.pseudonym ?? '');
  const [isSaved, setSaved] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const change = async (part: ProfileChange): Promise<void> => {
    setFault(null);
    setSaved(false);
    try {
      props.profile.set(await changeProfile(api, part));
      setSaved(true);
    } catch (error) {
      setFault(describeFault(error));
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void change({ pseudonym: name().trim() === '' ? null : name().trim() });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <div class="field narrow">
        <label for={id}>{words().privacy.name}</label>
        <div class="row">
          <input
            id={id}
            class="input name"
            autocomplete="nickname"
            maxlength={max}
            value={name()}
            placeholder={props.view.generatedName}
            aria-describedby={`${id}-hint`}
            aria-invalid={fault() !== null}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" class="button">
            {words().privacy.save}
          </button>
        </div>
        <p class="hint" id={`${id}-hint`}>
          {words().privacy.nameHint(min, max)}
        </p>
        <p role="status" class="small verified">
          {isSaved() ? words().privacy.saved : ''}
        </p>
        <Refusal fault={fault()} />
      </div>
      <SwitchRow
        label={words().privacy.listed}
        hint={words().privacy.listedHint}
        isOn={props.view.isListed}
        onChange={(isListed) => void change({ isListed })}
      />
    </form>
  );
}
