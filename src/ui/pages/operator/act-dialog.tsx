// Asks an operator why, and for a typed word where an act hurts somebody; then does it and says so.
import { createEffect, createSignal, createUniqueId, type JSX, on, Show } from 'solid-js';
import { OPERATOR_LIMITS } from '../../../protocol/api-operator.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export interface AskedAct {
  /** POST, with the reason. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly done: string;
  /** To be typed; null where nothing is lost. */
  readonly word: string | null;
}

const { min, max } = OPERATOR_LIMITS.reasonLetters;

export function ActDialog(props: {
  readonly act: AskedAct | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  // what was asked stays readable while the dialog closes
  const [shown, setShown] = createSignal<AskedAct | null>(null);
  createEffect(() => props.act && setShown(props.act));
  return (
    <Dialog isOpen={props.act !== null} title={shown()?.title ?? ''} onClose={props.onClose}>
      <Show when={shown()} keyed>
        {(act) => <ActForm act={act} isOpen={props.act !== null} onClose={props.onClose} onDone={props.onDone} />}
      </Show>
    </Dialog>
  );
}

function ActForm(props: {
  readonly act: AskedAct;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const { api, toasts } = useApp();
  const id = createUniqueId();
  const [reason, setReason] = createSignal('');
  const [typed, setTyped] = createSignal('');
  const [isBusy, setBusy] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  createEffect(
    on(
      () => props.isOpen,
      () => setFault(null),
    ),
  );
  const isReady = () => (reason().match(/\p{L}/gu)?.length ?? 0) >= min && (props.act.word === null || typed().trim() === props.act.word);
  const perform = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      await api.send(props.act.path, { method: 'POST', json: { reason: reason() } });
      setReason('');
      setTyped('');
      props.onClose();
      toasts.show(props.act.done);
      props.onDone();
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void perform(event)}>
      <p>{props.act.text}</p>
      <div class="field">
        <label for={`${id}-reason`}>{words().act.reason}</label>
        <input
          id={`${id}-reason`}
          class="input"
          autocomplete="off"
          required
          maxlength={max}
          aria-describedby={`${id}-hint`}
          value={reason()}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <p id={`${id}-hint`} class="hint">
          {words().act.reasonHint(min)}
        </p>
      </div>
      <Show when={props.act.word}>
        {(word) => (
          <div class="field">
            <label for={`${id}-typed`}>{words().act.confirm(word())}</label>
            <input
              id={`${id}-typed`}
              class="input"
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              required
              value={typed()}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </div>
        )}
      </Show>
      <Refusal fault={fault()} />
      <div class="actions">
        <button type="button" class="button" onClick={() => props.onClose()}>
          {words().act.keep}
        </button>
        <button type="submit" class="button is-main" disabled={!isReady() || isBusy()}>
          {isBusy() ? words().act.busy : props.act.button}
        </button>
      </div>
    </form>
  );
}
