// A job's progress as one line of text. PURE.
import type { JobView } from '../protocol/api.ts';
import { formatCredits } from '../protocol/credit.ts';

const BAR_CELLS = 30;

/** Letters as the events' snapshot has them: p(ending) v(provisional) f(inal) x(failed) d(isputed). */
export function drawProgress(letters: string): string {
  const total = letters.length;
  const count = (letter: string): number => letters.split(letter).length - 1;
  const final = count('f');
  const failed = count('x');
  const cells = total === 0 ? 0 : Math.floor((BAR_CELLS * (final + failed)) / total);
  const others = [
    [count('v'), 'agreed'],
    [count('d'), 'disputed'],
    [failed, 'failed'],
  ] as const;
  const notes = others.filter(([number]) => number > 0).map(([number, word]) => `, ${number} ${word}`);
  return `[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}] ${final} of ${total} shards verified${notes.join('')}`;
}

export function describeEnd(job: JobView): string {
  const paid = `${formatCredits(BigInt(job.paid))} credits paid, ${formatCredits(BigInt(job.refunded))} refunded`;
  switch (job.state) {
    case 'running':
      return `Job ${job.id} runs.`;
    case 'done':
      return `Job ${job.id} is done: ${job.finalShards} shards verified, ${paid}.`;
    case 'cancelled':
      return `Job ${job.id} was cancelled: ${job.finalShards} of ${job.shards} shards verified, ${paid}.`;
    case 'failed':
    case 'expired':
      return `Job ${job.id} ${job.state === 'failed' ? 'failed' : 'ran out of time'}: ${job.finalShards} of ${job.shards} shards verified, ${paid}. ${job.reason?.sentence ?? ''}`.trim();
  }
}
