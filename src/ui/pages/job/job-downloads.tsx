// Takes the result home: the picture, the raw bytes, and the signed receipt.
import { createSignal, type JSX, Show } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { collectResults } from '../../../requester/collect-results.ts';
import { readReceipt } from '../../../requester/read-receipt.ts';
import { verifyReceipt } from '../../../requester/verify-receipt.ts';
import { Icon } from '../../parts/icons.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import type { JobWatch } from '../../state/create-job-watch.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { makePng } from './make-png.ts';
import { saveFile } from './save-file.ts';
import { WORDS } from './words.ts';

export function JobDownloads(props: { readonly job: JobView; readonly watch: JobWatch; readonly final: number }): JSX.Element {
  const { api, toasts } = useApp();
  const words = useWords(WORDS);
  const [busy, setBusy] = createSignal<string | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const name = () => `ostraka-job-${props.job.id}`;
  const run = async (what: string, action: () => Promise<void>): Promise<void> => {
    setBusy(what);
    setFault(null);
    try {
      await action();
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setBusy(null);
    }
  };
  const savePng = async () => saveFile(`${name()}.png`, await makePng(props.watch.pixels()!));
  const saveBytes = async () => {
    const output = await collectResults(api, props.job);
    saveFile(`${name()}-${output.name}.bin`, new Blob([output.bytes], { type: 'application/octet-stream' }));
  };
  const saveReceipt = async () => {
    const receipt = await readReceipt(api, props.job.id);
    const check = await verifyReceipt(receipt);
    saveFile(`${name()}-receipt.json`, new Blob([JSON.stringify(receipt, null, 2)], { type: 'application/json' }));
    toasts.show(check.kind === 'genuine' ? words().download.saved : check.sentence);
  };
  return (
    <section class="card" aria-labelledby="downloads">
      <h2 id="downloads">{words().download.title}</h2>
      <div class="downloads">
        <Show when={props.watch.pixels()}>
          <Download label="PNG" isBusy={busy() === 'png'} isPossible={props.final > 0} onClick={() => void run('png', savePng)} />
        </Show>
        <Download
          label={words().download.bytes}
          isBusy={busy() === 'bytes'}
          isPossible={props.final > 0}
          onClick={() => void run('bytes', saveBytes)}
        />
        <Download label="receipt.json" isBusy={busy() === 'receipt'} isPossible onClick={() => void run('receipt', saveReceipt)} />
      </div>
      <p class="small muted line">
        {props.final < props.job.shards
          ? words().download[props.job.state === 'running' ? 'soFar' : 'inAll'](formatCount(props.final), formatCount(props.job.shards))
          : words().download.receipt}
      </p>
      <Refusal fault={fault()} />
    </section>
  );
}

function Download(props: {
  readonly label: string;
  readonly isBusy: boolean;
  readonly isPossible: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  const words = useWords(WORDS);
  return (
    <button type="button" class="button is-small" disabled={props.isBusy || !props.isPossible} onClick={() => props.onClick()}>
      <Icon name="download" size={16} />
      {props.isBusy ? words().download.fetching : props.label}
    </button>
  );
}
