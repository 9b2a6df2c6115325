// What was held for the job, what it has paid, what came back.
import { createEffect, type JSX, Show } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import { formatAmount, formatWork } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function JobSpending(props: { readonly job: JobView }): JSX.Element {
  const words = useWords(WORDS);
  let bar!: HTMLDivElement;
  const share = (part: string): number => {
    const all = held();
    return all === 0n ? 0 : Number((BigInt(part) * 10_000n) / all) / 10_000;
  };
  /** Whether `escrow` is what was held or what is still held, the parts never exceed the whole. */
  const held = () => {
    const { escrow, paid, refunded } = props.job;
    const spent = BigInt(paid) + BigInt(refunded);
    return BigInt(escrow) > spent ? BigInt(escrow) : spent;
  };
  createEffect(() => {
    bar.style.setProperty('--paid', String(share(props.job.paid)));
    bar.style.setProperty('--back', String(share(props.job.refunded)));
  });
  return (
    <section class="card" aria-labelledby="spending">
      <h2 id="spending">{words().credit.title}</h2>
      <div class="ledger-bar" ref={bar} role="img" aria-label={words().credit.bar(formatAmount(props.job.paid), formatAmount(held()))}>
        <span class="paid" />
        <span class="back" />
      </div>
      <dl class="facts">
        <dt>{words().credit.held}</dt>
        <dd class="number">{formatAmount(held())}</dd>
        <dt>{words().credit.paid}</dt>
        <dd class="number">{formatAmount(props.job.paid)}</dd>
        <dt>{words().credit.back}</dt>
        <dd class="number">{formatAmount(props.job.refunded)}</dd>
        <dt>{words().credit.copy}</dt>
        <dd class="number">{formatAmount(props.job.pricePerCopy)}</dd>
        <Show when={props.job.workPerWorkgroup}>
          {(work) => (
            <>
              <dt>{words().credit.work}</dt>
              <dd class="number">{formatWork(work() * props.job.workgroupsPerShard)}</dd>
            </>
          )}
        </Show>
      </dl>
    </section>
  );
}
