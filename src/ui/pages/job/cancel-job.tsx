// Cancels a job, after saying what comes back and what does not.
import { createSignal, type JSX } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { cancelJob } from '../../../requester/cancel-job.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAmount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function CancelJob(props: { readonly job: JobView }): JSX.Element {
  const { api, toasts } = useApp();
  const words = useWords(WORDS);
  const [isOpen, setOpen] = createSignal(false);
  const [isBusy, setBusy] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const unspent = () => {
    const rest = BigInt(props.job.escrow) - BigInt(props.job.paid) - BigInt(props.job.refunded);
    return rest > 0n ? rest : 0n;
  };
  const cancel = async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    try {
      await cancelJob(api, props.job.id);
      setOpen(false);
      toasts.show(words().cancel.done);
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        {words().cancel.action}
      </button>
      <Dialog isOpen={isOpen()} title={words().cancel.ask} onClose={() => setOpen(false)}>
        <p>{words().cancel.text(formatAmount(unspent()))}</p>
        <Refusal fault={fault()} />
        <div class="actions">
          <button type="button" class="button" onClick={() => setOpen(false)}>
            {words().cancel.keep}
          </button>
          <button type="button" class="button is-main" disabled={isBusy()} onClick={() => void cancel()}>
            {isBusy() ? words().cancel.busy : words().cancel.action}
          </button>
        </div>
      </Dialog>
    </>
  );
}
