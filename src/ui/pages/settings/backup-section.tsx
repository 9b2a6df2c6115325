// The key of this browser: whether it can be backed up, saving it as a sealed file, and taking one over from a file.
import { A } from '@solidjs/router';
import { createMemo, createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js';
import { type GuestKeyView, viewGuestKey } from '../../../account/guest-key.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { useWords } from '../../state/words.ts';
import { RestoreForm } from './restore-form.tsx';
import { SaveForm } from './save-form.tsx';
import { WORDS } from './words.ts';

export function BackupSection(): JSX.Element {
  const { session } = useApp();
  const words = useWords(WORDS);
  const [key, setKey] = createSignal<GuestKeyView | null | 'unknown'>('unknown');
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const look = async (): Promise<void> => {
    try {
      setKey(await viewGuestKey());
    } catch (error) {
      setFault(describeFault(error));
    }
  };
  onMount(() => void look());
  const isWallet = createMemo(() => {
    const current = session.current();
    return current.kind === 'signed-in' && current.view.account.kind === 'wallet';
  });
  const known = () => {
    const now = key();
    return now === 'unknown' ? null : now;
  };
  return (
    <>
      <p class="muted">{isWallet() ? words().backup.wallet : words().backup.lead}</p>
      <Show when={fault()}>{(found) => <p class="refusal">{found().sentence}</p>}</Show>
      <Switch>
        <Match when={key() === null}>
          <p class="notice is-plain">{words().backup.none}</p>
        </Match>
        <Match when={known()?.canBackUp === false}>
          <p class="notice">
            {words().backup.cannot} <A href="/account">{words().backup.attach}</A>
          </p>
        </Match>
        <Match when={known()?.canBackUp}>
          <SaveForm />
        </Match>
      </Switch>
      <Show when={key() !== 'unknown'}>
        <RestoreForm held={known()} onRestored={() => void look()} />
      </Show>
    </>
  );
}
