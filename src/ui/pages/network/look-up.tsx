// Looks up a job's number or a shard's digest, and checks a receipt in this browser against the coordinator's key.
import { A } from '@solidjs/router';
import { createSignal, For, type JSX, Show } from 'solid-js';
import type { JobReceipt } from '../../../protocol/api.ts';
import type { LookUpFind, LookUpView } from '../../../protocol/api-network.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { verifyReceipt } from '../../../requester/verify-receipt.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function LookUp(props: { readonly receiptKey: string }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <section class="card stack" aria-labelledby="look-up">
      <h2 id="look-up">{words().lookUp.heading}</h2>
      <p class="muted small">{words().lookUp.about}</p>
      <ByNumber />
      <ByReceipt receiptKey={props.receiptKey} />
    </section>
  );
}

function ByNumber(): JSX.Element {
  const words = useWords(WORDS);
  const { api } = useApp();
  const [wanted, setWanted] = createSignal('');
  const [finds, setFinds] = createSignal<readonly LookUpFind[] | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const [isBusy, setBusy] = createSignal(false);
  const ask = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    setFinds(null);
    try {
      setFinds((await api.readJson<LookUpView>(`/api/network/look-up?for=${encodeURIComponent(wanted().trim())}`)).finds);
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void ask(event)}>
      <div class="field">
        <label for="look-up-for">{words().lookUp.label}</label>
        <div class="look-up-line">
          <input
            id="look-up-for"
            class="input mono"
            autocomplete="off"
            spellcheck={false}
            maxlength="64"
            required
            aria-describedby="look-up-hint"
            aria-invalid={fault() !== null}
            value={wanted()}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
          <button type="submit" class="button" disabled={isBusy()}>
            {isBusy() ? words().lookUp.busy : words().lookUp.button}
          </button>
        </div>
        <p id="look-up-hint" class="hint">
          {words().lookUp.hint}
        </p>
      </div>
      <div role="status">
        <Show when={finds()}>
          {(found) => (
            <Show when={found().length > 0} fallback={<p class="muted small">{words().lookUp.nothing}</p>}>
              <ul class="finds" role="list">
                <For each={found()}>{(find) => <Find find={find} />}</For>
              </ul>
            </Show>
          )}
        </Show>
        <Refusal fault={fault()} />
      </div>
    </form>
  );
}

function Find(props: { readonly find: LookUpFind }): JSX.Element {
  const words = useWords(WORDS);
  const link = () => {
    const { find } = props;
    if (find.kind === 'job') return { href: `/jobs/${find.job}`, text: words().lookUp.job(String(find.job)) };
    return { href: `/jobs/${find.job}?shard=${find.index}`, text: words().lookUp.shard(String(find.index), String(find.job)) };
  };
  return (
    <li>
      <A href={link().href}>{link().text}</A> <span class="muted">{props.find.title}</span>
    </li>
  );
}

type Checked = { readonly isGood: boolean; readonly sentence: string; readonly isOurs: boolean };

function ByReceipt(props: { readonly receiptKey: string }): JSX.Element {
  const words = useWords(WORDS);
  const [checked, setChecked] = createSignal<Checked | null>(null);
  const check = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setChecked(await checkFile(file));
  };
  async function checkFile(file: File): Promise<Checked> {
    const receipt = parseReceipt(await file.text());
    if (receipt === null) return { isGood: false, isOurs: false, sentence: words().lookUp.notAReceipt };
    const found = await verifyReceipt(receipt).catch(() => null);
    if (found === null) return { isGood: false, isOurs: false, sentence: words().lookUp.notAReceipt };
    if (found.kind !== 'genuine') return { isGood: false, isOurs: false, sentence: found.sentence };
    const isOurs = found.publicKey === props.receiptKey;
    const id = String(receipt.job.id);
    return { isGood: isOurs, isOurs, sentence: isOurs ? words().lookUp.genuine(id) : words().lookUp.notOurs(id) };
  }
  return (
    <div class="field">
      <label for="look-up-receipt">{words().lookUp.receipt}</label>
      <input
        id="look-up-receipt"
        class="input"
        type="file"
        accept="application/json,.json"
        aria-describedby="receipt-hint"
        onChange={(event) => void check(event.currentTarget.files?.[0])}
      />
      <p id="receipt-hint" class="hint">
        {words().lookUp.receiptHint}
      </p>
      <p role="status" class="small">
        <Show when={checked()}>{(found) => <span class={found().isGood ? 'verified' : 'disputed'}>{found().sentence}</span>}</Show>
      </p>
    </div>
  );
}

/** As far as it must be one to be checked at all. */
function parseReceipt(text: string): JobReceipt | null {
  try {
    const value = JSON.parse(text) as Partial<JobReceipt> | null;
    const isOne =
      typeof value?.signature === 'string' && typeof value.coordinator?.publicKey === 'string' && typeof value.job?.id === 'number';
    return isOne ? (value as JobReceipt) : null;
  } catch {
    return null;
  }
}
