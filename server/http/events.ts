// /api/jobs/:id/events: a job as it happens, by server-sent events: a snapshot first, then changes, a comment when nothing changes.
import type { JobEvent } from '../../src/protocol/api.ts';
import type { AccountId, JobId } from '../../src/protocol/ids.ts';
import { addressKey } from './address-key.ts';
import type { HttpApp } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { findSession } from './find-session.ts';
import type { JobHub, JobWatcher } from './job-hub.ts';
import { createLettersElsewhere, findChanges, type LettersElsewhere } from './letters-elsewhere.ts';
import { EVENT_HEARTBEAT_MS, JOB_EVENT_MS, MAX_CHANGES_AN_EVENT } from './limits.ts';
import { parseJobId } from './parse-query.ts';
import { readJob } from './read-job.ts';
import { stringify } from './stringify.ts';

const encoder = new TextEncoder();

export function addEventRoutes(app: HttpApp, dependencies: HttpDependencies, hub: JobHub): void {
  const elsewhere = createLettersElsewhere((job) => dependencies.pages.shardLetters(job), dependencies.nowMs);
  app.get('/api/jobs/:id/events', async (c) => {
    const id = parseJobId(c.req.param('id'));
    const asker = (await findSession(c, dependencies))?.account ?? null;
    // Faults must come before the stream begins.
    await readJob(dependencies.pages, id, asker);
    const watcher = hub.watch(id, addressKey(c.var.address), c.var.isStranger);
    c.header('Content-Type', 'text/event-stream; charset=utf-8');
    c.header('Cache-Control', 'no-store');
    // nginx would otherwise hold events back until its buffer is full.
    c.header('X-Accel-Buffering', 'no');
    return c.body(streamText(listEvents({ ...dependencies, elsewhere }, id, asker, watcher), () => watcher.close()));
  });
}

/** The watcher listens since before the snapshot was read: a change may come twice, and none is missed. */
async function* listEvents(
  { pages, coordinator, nowMs, elsewhere }: HttpDependencies & { readonly elsewhere: LettersElsewhere },
  id: JobId,
  asker: AccountId | null,
  watcher: JobWatcher,
): AsyncGenerator<string> {
  let shards = coordinator.shardLetters(id) ?? (await pages.shardLetters(id));
  let job = await readJob(pages, id, asker);
  let toldAtMs = nowMs();
  let isJobStale = false;
  let isEnding = false;
  yield format({ type: 'snapshot', job, shards });
  while (job.state === 'running' && !watcher.isClosed) {
    const isShared = coordinator.isShared(id);
    await watcher.wait(isJobStale || isShared ? Math.max(0, toldAtMs + JOB_EVENT_MS - nowMs()) : EVENT_HEARTBEAT_MS);
    if (isShared) {
      // what other coordinators decide is not told here: the database is looked at
      const now = await elsewhere.read(id);
      const changes = findChanges(shards, now);
      for (let at = 0; at < changes.length; at += MAX_CHANGES_AN_EVENT) {
        yield format({ type: 'shards', changes: changes.slice(at, at + MAX_CHANGES_AN_EVENT) });
      }
      shards = now;
      isJobStale = true;
    }
    isEnding = watcher.takeEnded() || isEnding;
    if (watcher.hasChanges) {
      yield format({ type: 'shards', changes: watcher.takeChanges() });
      isJobStale = true;
    } else if (!isEnding && !isJobStale) yield ': still here\n\n';
    if (watcher.hasChanges || !(isEnding || (isJobStale && nowMs() - toldAtMs >= JOB_EVENT_MS))) continue;
    job = await readJob(pages, id, asker);
    toldAtMs = nowMs();
    // Told that it ended and still running: asked again at the usual pace, not at once.
    isJobStale = isEnding && job.state === 'running';
    isEnding = false;
    yield format({ type: 'job', job });
  }
}

function format(event: JobEvent): string {
  return `event: ${event.type}\ndata: ${stringify(event)}\n\n`;
}

/** Pulled by the reader: a slow one gets fewer, fuller events. */
export function streamText(events: AsyncGenerator<string>, onEnd: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await events.next().catch((error: unknown) => {
          onEnd();
          throw error;
        });
        if (!next.done) return controller.enqueue(encoder.encode(next.value));
        onEnd();
        controller.close();
      },
      cancel: onEnd,
    },
    { highWaterMark: 0 },
  );
}
