// Removes everything that this site keeps here, after it was typed out.
import { createSignal, createUniqueId, type JSX, Show } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAmount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { deleteEverything } from './stored-here.ts';
import { sumCredit } from './take-over-key.ts';
import { WORDS } from './words.ts';

export function DeleteSection(): JSX.Element {
  const { contributor, session } = useApp();
  const words = useWords(WORDS);
  const id = createUniqueId();
  const [isAsked, setAsked] = createSignal(false);
  const [typed, setTyped] = createSignal('');
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const held = () => {
    const current = session.current();
    return current.kind === 'signed-in' && current.view.account.kind === 'guest' ? sumCredit(current.view) : 0n;
  };
  const isConfirmed = () => typed().trim().toLowerCase() === words().delete.word;
  const close = (): void => {
    setAsked(false);
    setTyped('');
  };
  const run = async (): Promise<void> => {
    if (!isConfirmed()) return;
    close();
    try {
      await contributor.stop();
      // Without the coordinator the session ends by itself; what is here goes all the same.
      await session.leave('here').catch(() => undefined);
      await contributor.release();
      if (await deleteEverything()) location.assign('/');
      else setFault({ code: 'conflict', sentence: words().delete.busy });
    } catch (error) {
      setFault(describeFault(error));
    }
  };
  return (
    <>
      <p>
        {words().delete.sentence} <Show when={held() > 0n}>{words().delete.warn(formatAmount(held()))}</Show>
      </p>
      <div>
        <button type="button" class="button is-danger" onClick={() => setAsked(true)}>
          {words().delete.button}
        </button>
      </div>
      <Refusal fault={fault()} />
      <Dialog isOpen={isAsked()} title={words().delete.ask} onClose={close}>
        <p>{words().delete.sentence}</p>
        <Show when={held() > 0n}>
          <p class="notice">{words().delete.warn(formatAmount(held()))}</p>
        </Show>
        <div class="field">
          <label for={id}>{words().delete.type(words().delete.word)}</label>
          <input id={id} class="input" autocomplete="off" value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} />
        </div>
        <div class="actions">
          <button type="button" class="button is-main" onClick={close}>
            {words().delete.keep}
          </button>
          <button type="button" class="button" disabled={!isConfirmed()} onClick={() => void run()}>
            {words().delete.button}
          </button>
        </div>
      </Dialog>
    </>
  );
}
