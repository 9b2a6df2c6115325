// Saves the key of this browser as a file that only its passphrase opens.
import { createSignal, createUniqueId, type JSX, Show } from 'solid-js';
import { backUpGuestKey } from '../../../account/back-up-guest-key.ts';
import { ratePassphrase } from '../../../account/rate-passphrase.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { describeFault } from '../../state/describe-fault.ts';
import { remember } from '../../state/remember.ts';
import { useWords } from '../../state/words.ts';
import { saveFile } from '../job/save-file.ts';
import { WORDS } from './words.ts';

export function SaveForm(): JSX.Element {
  const words = useWords(WORDS);
  const id = createUniqueId();
  const [passphrase, setPassphrase] = createSignal('');
  const [again, setAgain] = createSignal('');
  const [isSaving, setSaving] = createSignal(false);
  const [isSaved, setSaved] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const rating = () => ratePassphrase(passphrase());
  const isReady = () => rating() !== 'too-short' && passphrase() === again();
  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!isReady() || isSaving()) return;
    setSaving(true);
    setFault(null);
    try {
      const file = await backUpGuestKey(passphrase());
      const text = `${JSON.stringify(file, null, 2)}\n`;
      saveFile(`ostraka-key-${file.publicKey.slice(0, 8)}.json`, new Blob([text], { type: 'application/json' }));
      remember('backed-up', true);
      setSaved(true);
      setPassphrase('');
      setAgain('');
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <form class="key-form" aria-labelledby={`${id}-title`} onSubmit={(event) => void save(event)}>
      <h3 id={`${id}-title`}>{words().backup.save}</h3>
      <div class="field">
        <label for={`${id}-first`}>{words().backup.passphrase}</label>
        <input
          id={`${id}-first`}
          class="input"
          type="password"
          autocomplete="new-password"
          value={passphrase()}
          aria-describedby={`${id}-rating`}
          onInput={(event) => setPassphrase(event.currentTarget.value)}
        />
        <p class="rating" data-rating={passphrase() === '' ? 'none' : rating()} id={`${id}-rating`}>
          {passphrase() === '' ? words().backup.saveHint : words().backup.rating(rating())}
        </p>
      </div>
      <div class="field">
        <label for={`${id}-again`}>{words().backup.again}</label>
        <input
          id={`${id}-again`}
          class="input"
          type="password"
          autocomplete="new-password"
          value={again()}
          aria-invalid={again() !== '' && again() !== passphrase()}
          onInput={(event) => setAgain(event.currentTarget.value)}
        />
        <Show when={again() !== '' && again() !== passphrase()}>
          <p class="hint">{words().backup.differ}</p>
        </Show>
      </div>
      <div>
        <button type="submit" class="button" disabled={!isReady() || isSaving()}>
          {isSaving() ? words().backup.saving : words().backup.saveButton}
        </button>
      </div>
      <p role="status" class="small verified">
        {isSaved() ? words().backup.saved : ''}
      </p>
      <Refusal fault={fault()} />
    </form>
  );
}
