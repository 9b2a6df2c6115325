// A name of one's own, or none at all: judged here as it is typed by the same rules as there.
import { createEffect, createSignal, createUniqueId, type JSX, on } from 'solid-js';
import type { ProfileView } from '../../../protocol/api-standing.ts';
import { cleanPseudonym } from '../../../protocol/display-name.ts';
import { changeProfile } from '../../../requester/profile.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function ProfileDialog(props: {
  readonly isOpen: boolean;
  readonly profile: ProfileView;
  readonly onClose: () => void;
  readonly onSaved: (profile: ProfileView) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const { api, toasts } = useApp();
  const id = createUniqueId();
  const [name, setName] = createSignal('');
  const [isListed, setListed] = createSignal(true);
  const [refusal, setRefusal] = createSignal<string | null>(null);
  const [isBusy, setBusy] = createSignal(false);
  createEffect(
    on(
      () => props.isOpen,
      (isOpen) => {
        if (!isOpen) return;
        setName(props.profile.pseudonym ?? '');
        setListed(props.profile.isListed);
        setRefusal(null);
      },
    ),
  );
  const judge = (): boolean => {
    try {
      if (name().trim() !== '') cleanPseudonym(name());
      setRefusal(null);
      return true;
    } catch (error) {
      setRefusal(describeFault(error).sentence);
      return false;
    }
  };
  const save = async (): Promise<void> => {
    if (!judge()) return;
    setBusy(true);
    try {
      const saved = await changeProfile(api, { pseudonym: name().trim() === '' ? null : name(), isListed: isListed() });
      toasts.show(saved.isListed ? words().profile.saved(saved.name) : words().profile.savedHidden);
      props.onSaved(saved);
      props.onClose();
    } catch (error) {
      setRefusal(describeFault(error).sentence);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog isOpen={props.isOpen} title={words().profile.title} onClose={() => props.onClose()}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div class="field">
          <label for={`${id}-name`}>{words().profile.pseudonym}</label>
          <input
            id={`${id}-name`}
            class="input"
            type="text"
            autocomplete="nickname"
            spellcheck={false}
            placeholder={props.profile.generatedName}
            value={name()}
            aria-invalid={refusal() !== null}
            aria-describedby={`${id}-hint ${id}-refusal`}
            onInput={(event) => {
              setName(event.currentTarget.value);
              if (refusal() !== null) judge();
            }}
            onBlur={judge}
          />
          <span id={`${id}-hint`} class="hint">
            {words().profile.hint}
          </span>
          <div id={`${id}-refusal`} aria-live="polite">
            <Refusal fault={refusal()} />
          </div>
        </div>
        <label class="tick">
          <input
            type="checkbox"
            checked={isListed()}
            aria-describedby={`${id}-listed`}
            onChange={(event) => setListed(event.currentTarget.checked)}
          />
          <span>{words().profile.isListed}</span>
        </label>
        <p id={`${id}-listed`} class="small muted">
          {words().profile.isListedHint}
        </p>
        <div class="row">
          <button type="submit" class="button is-main" disabled={isBusy()}>
            {isBusy() ? words().profile.saving : words().profile.save}
          </button>
          <button type="button" class="button" onClick={() => props.onClose()}>
            {words().profile.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
