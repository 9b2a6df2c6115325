// Shows a job's progress until it ends: one line that is drawn over on a terminal, a line now and then elsewhere.
import type { JobEvent, JobView } from '../protocol/api.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Verdict } from '../protocol/verdict.ts';
import type { Client } from '../requester/create-client.ts';
import { watchJob } from '../requester/watch-job.ts';
import { describeEnd, drawProgress } from './draw-progress.ts';

const LETTERS: Readonly<Record<Verdict, string>> = { pending: 'p', provisional: 'v', final: 'f', revoked: 'p', disputed: 'd', failed: 'x' };

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What the job's shards are after this event. */
export function applyEvent(letters: readonly string[], event: JobEvent): readonly string[] {
  switch (event.type) {
    case 'snapshot':
      return [...event.shards];
    case 'shards': {
      const next = [...letters];
      for (const { index, verdict } of event.changes) next[index] = LETTERS[verdict];
      return next;
    }
    case 'job':
      return letters;
  }
}

export async function followJob(client: Client, job: JobId, terminal: Terminal = process.stdout): Promise<JobView> {
  let letters: readonly string[] = [];
  let drawn = '';
  const draw = (): void => {
    const line = drawProgress(letters.join(''));
    if (line === drawn) return;
    drawn = line;
    terminal.write(terminal.isTTY ? `\r${line}\u001b[K` : `${line}\n`);
  };
  const ended = await watchJob(client, job, {
    onEvent(event) {
      letters = applyEvent(letters, event);
      draw();
    },
    onConnection: (isLive, sentence) => !isLive && sentence && terminal.write(`${terminal.isTTY ? '\n' : ''}${sentence}\n`),
  });
  if (terminal.isTTY) terminal.write('\n');
  terminal.write(`${describeEnd(ended)}\n`);
  return ended;
}

/** 0 when every shard has a result. */
export function exitCodeOf(job: JobView): number {
  return job.state === 'done' ? 0 : 1;
}
