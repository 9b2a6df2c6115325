// For who is no operator (yet): one sentence why, and what to do about it.
import { createEffect, type JSX, on, Show } from 'solid-js';
import type { OperatorRefusal } from '../../../protocol/api-operator.ts';
import { useApp } from '../../state/app-context.ts';
import { useWords } from '../../state/words.ts';
import { WalletList } from '../account/wallet-list.tsx';
import { WORDS } from './words.ts';

export function OperatorGate(props: { readonly why: OperatorRefusal; readonly onSignedIn: () => void }): JSX.Element {
  const words = useWords(WORDS);
  const { session } = useApp();
  createEffect(on(session.current, () => props.onSignedIn(), { defer: true }));
  const wallet = () => {
    const current = session.current();
    return current.kind === 'signed-in' ? current.view.account.wallet : null;
  };
  return (
    <section class="card stack gate" aria-labelledby="gate">
      <h2 id="gate">{words().gate.signIn}</h2>
      <p>{words().gate[props.why]}</p>
      <Show when={props.why === 'not-listed' && wallet()}>
        {(address) => (
          <div>
            <p class="muted small">{words().gate.yourWallet}</p>
            <code class="key-line">{address()}</code>
          </div>
        )}
      </Show>
      <Show when={props.why === 'none-configured'} fallback={<WalletList label={words().gate.with} />}>
        <code class="key-line">{words().gate.command}</code>
      </Show>
    </section>
  );
}
