// Takes a key over from a backup file; asks first when a key would be lost for it.
import { createSignal, createUniqueId, type JSX } from 'solid-js';
import type { GuestKeyView } from '../../../account/guest-key.ts';
import { type OpenedBackup, openBackup, parseBackup } from '../../../account/seal-backup.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAmount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { sumCredit, takeOverKey } from './take-over-key.ts';
import { WORDS } from './words.ts';

export function RestoreForm(props: { readonly held: GuestKeyView | null; readonly onRestored: () => void }): JSX.Element {
  const app = useApp();
  const words = useWords(WORDS);
  const id = createUniqueId();
  const [file, setFile] = createSignal<File | null>(null);
  const [passphrase, setPassphrase] = createSignal('');
  const [isBusy, setBusy] = createSignal(false);
  const [outcome, setOutcome] = createSignal('');
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const [asked, setAsked] = createSignal<OpenedBackup | null>(null);

  const attempt = async (run: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setFault(null);
    setOutcome('');
    try {
      await run();
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setBusy(false);
    }
  };
  const replace = async (backup: OpenedBackup): Promise<void> => {
    const view = await takeOverKey(app, backup);
    setPassphrase('');
    setOutcome(`${words().backup.restored(formatAmount(sumCredit(view)))} ${words().backup.sameDevice}`);
    props.onRestored();
  };
  const open = (event: SubmitEvent): void => {
    event.preventDefault();
    const chosen = file();
    if (!chosen) {
      setOutcome(words().backup.choose);
      return;
    }
    void attempt(async () => {
      const backup = await openBackup(parseBackup(await chosen.text()), passphrase());
      if (backup.publicKey === props.held?.publicKey) setOutcome(words().backup.already);
      else if (props.held) setAsked(backup);
      else await replace(backup);
    });
  };
  const heldCredit = () => {
    const current = app.session.current();
    return current.kind === 'signed-in' && current.view.account.kind === 'guest' ? sumCredit(current.view) : null;
  };
  const confirm = (): void => {
    const backup = asked();
    setAsked(null);
    if (backup) void attempt(() => replace(backup));
  };
  return (
    <form class="key-form" aria-labelledby={`${id}-title`} onSubmit={open}>
      <h3 id={`${id}-title`}>{words().backup.restore}</h3>
      <div class="field">
        <label for={`${id}-file`}>{words().backup.file}</label>
        <input
          id={`${id}-file`}
          class="input"
          type="file"
          accept="application/json,.json"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </div>
      <div class="field">
        <label for={`${id}-pass`}>{words().backup.passphrase}</label>
        <input
          id={`${id}-pass`}
          class="input"
          type="password"
          autocomplete="current-password"
          value={passphrase()}
          onInput={(event) => setPassphrase(event.currentTarget.value)}
        />
      </div>
      <div>
        <button type="submit" class="button" disabled={isBusy()}>
          {isBusy() ? words().backup.restoring : words().backup.restoreButton}
        </button>
      </div>
      <p role="status" class="small">
        {outcome()}
      </p>
      <Refusal fault={fault()} />
      <Dialog isOpen={asked() !== null} title={words().backup.ask} onClose={() => setAsked(null)}>
        <p>{heldCredit() === null ? words().backup.askUnknown : words().backup.askHeld(formatAmount(heldCredit() ?? 0n))}</p>
        <div class="actions">
          <button type="button" class="button is-main" onClick={() => setAsked(null)}>
            {words().backup.keep}
          </button>
          <button type="button" class="button" onClick={confirm}>
            {words().backup.replace}
          </button>
        </div>
      </Dialog>
    </form>
  );
}
