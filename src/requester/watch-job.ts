// Follows a job by server-sent events over fetch, in a page and in Node, and comes back by itself after a lost connection.
import type { JobEvent, JobView } from '../protocol/api.ts';
import { Fault } from '../protocol/fault.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';
import { createEventParser } from './parse-events.ts';

export interface WatchOptions {
  /** The first event after each (re)connection is a snapshot. */
  readonly onEvent: (event: JobEvent) => void;
  /** Whether events flow now; a sentence while they do not. */
  readonly onConnection?: (isLive: boolean, sentence: string | null) => void;
  readonly signal?: AbortSignal;
  readonly random?: () => number;
  readonly sleepMs?: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** The coordinator sends a comment every 15 s; three missed ones mean that the connection is dead. */
const SILENCE_MS = 45_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** Resolves with the job once it has ended; throws `cancelled` when stopped by the signal, and what no retry can mend (`not-found`). */
export async function watchJob(client: Client, job: JobId, options: WatchOptions): Promise<JobView> {
  const sleepMs = options.sleepMs ?? sleep;
  const random = options.random ?? Math.random;
  for (let failures = 0; ; failures++) {
    try {
      const ended = await followOnce(client, job, options, () => {
        failures = 0;
      });
      if (ended !== null) return ended;
      if (options.signal?.aborted) throw new Fault('cancelled', 'Watching was stopped.');
      options.onConnection?.(false, 'The coordinator closed the stream; connecting again.');
    } catch (error) {
      if (options.signal?.aborted) throw new Fault('cancelled', 'Watching was stopped.', { cause: error });
      if (!isPassing(error)) throw error;
      options.onConnection?.(false, error.message);
    }
    await sleepMs(retryDelayMs(failures, random), options.signal);
  }
}

/** Doubles from 0.5 s to 15 s; the random half keeps a crowd from coming back at one moment. */
export function retryDelayMs(failures: number, random: () => number): number {
  const fullMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  return fullMs / 2 + (fullMs / 2) * random();
}

async function followOnce(client: Client, job: JobId, options: WatchOptions, onLive: () => void): Promise<JobView | null> {
  const silence = new AbortController();
  const stop = (): void => silence.abort();
  options.signal?.addEventListener('abort', stop);
  if (options.signal?.aborted) stop();
  let timer = setTimeout(stop, SILENCE_MS);
  try {
    const response = await client.send(`/api/jobs/${job}/events`, { headers: { Accept: 'text/event-stream' }, signal: silence.signal });
    options.onConnection?.(true, null);
    let ended: JobView | null = null;
    const parser = createEventParser((data) => {
      onLive();
      const event = JSON.parse(data) as JobEvent;
      options.onEvent(event);
      if (event.type !== 'shards' && event.job.state !== 'running') ended = event.job;
    });
    const reader = response.body!.getReader();
    // Not every fetch ends a stream that is being read when its signal fires.
    silence.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
    const decoder = new TextDecoder();
    while (ended === null) {
      const part = await reader.read().catch((cause: unknown) => {
        throw new Fault('offline', 'The connection to the coordinator was lost; connecting again.', { cause });
      });
      if (part.done) return null;
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
      parser(decoder.decode(part.value, { stream: true }));
    }
    await reader.cancel().catch(() => undefined);
    return ended;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
  }
}

/** Faults that time may mend. */
function isPassing(error: unknown): error is Fault {
  if (!(error instanceof Fault)) return false;
  return ['offline', 'cancelled', 'draining', 'storage-failed', 'too-many-requests', 'internal'].includes(error.code);
}

function sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal?.addEventListener('abort', done);
  });
}
