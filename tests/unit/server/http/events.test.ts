// A job's events: snapshot first, changes after, nothing missed, slow readers bounded, streams that end.
import { describe, expect, test, vi } from 'vitest';
import type { JobNotice } from '../../../../server/coordinator/event.ts';
import { createJobHub } from '../../../../server/http/job-hub.ts';
import { JOB_EVENT_MS, MAX_CHANGES_AN_EVENT, MAX_WATCHERS, MAX_WATCHERS_AN_ADDRESS } from '../../../../server/http/limits.ts';
import type { JobEvent } from '../../../../src/protocol/api.ts';
import type { JobId } from '../../../../src/protocol/ids.ts';
import { createEventParser } from '../../../../src/requester/parse-events.ts';
import { watchJob } from '../../../../src/requester/watch-job.ts';
import { makeStoredJob, makeStoredShard } from './memory-stores.ts';
import { createTestApi, faultOf, startApp } from './start-app.ts';

const JOB = 7 as JobId;
const changed = (index: number, verdict: 'provisional' | 'final' = 'final'): JobNotice => ({
  job: JOB,
  type: 'shard',
  index,
  verdict,
  copies: 2,
});
const ended: JobNotice = { job: JOB, type: 'ended' };

function start() {
  const started = startApp();
  started.pages.jobs.set(JOB, makeStoredJob());
  started.pages.shards.set(JOB, [makeStoredShard(0, null), makeStoredShard(1, null)]);
  return started;
}

/** Reads event after event of one stream. */
async function open(started: ReturnType<typeof start>) {
  const response = await started.request('/api/jobs/7/events');
  const reader = response.body!.getReader();
  const events: JobEvent[] = [];
  const parse = createEventParser((data) => events.push(JSON.parse(data) as JobEvent));
  return {
    response,
    reader,
    async next(): Promise<JobEvent | null> {
      while (events.length === 0) {
        const { value, done } = await reader.read();
        if (done) return null;
        parse(new TextDecoder().decode(value));
      }
      return events.shift() as JobEvent;
    },
  };
}

describe('the stream', () => {
  test('begins with a snapshot and goes on with what is committed', async () => {
    const started = start();
    const stream = await open(started);
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(await stream.next()).toMatchObject({ type: 'snapshot', shards: 'pp', job: { id: 7 } });
    started.notify([changed(0, 'provisional'), changed(1), changed(0), { ...changed(0), job: 8 as JobId }]);
    expect(await stream.next()).toEqual({
      type: 'shards',
      changes: [
        { index: 0, verdict: 'final', copies: 2 },
        { index: 1, verdict: 'final', copies: 2 },
      ],
    });
    started.clock.nowMs += JOB_EVENT_MS;
    expect(await stream.next()).toMatchObject({ type: 'job', job: { state: 'running' } });
    await stream.reader.cancel();
    expect(started.countWatchers()).toBe(0);
  });

  test('misses nothing that is committed while the snapshot is read', async () => {
    const started = start();
    const read = started.pages.store.readJob;
    started.pages.store.readJob = vi.fn(async (job: JobId) => {
      const view = await read(job);
      if (started.countWatchers() > 0) started.notify([changed(1)]);
      return view;
    });
    const stream = await open(started);
    expect(await stream.next()).toMatchObject({ type: 'snapshot' });
    expect(await stream.next()).toMatchObject({ type: 'shards', changes: [{ index: 1 }] });
    await stream.reader.cancel();
  });

  test('ends with the job, after its last changes', async () => {
    const started = start();
    const stream = await open(started);
    await stream.next();
    started.pages.jobs.set(JOB, makeStoredJob({ state: 'done', finalShards: 2 }));
    started.notify([changed(0), changed(1), ended]);
    expect(await stream.next()).toMatchObject({ type: 'shards' });
    expect(await stream.next()).toMatchObject({ type: 'job', job: { state: 'done' } });
    expect(await stream.next()).toBeNull();
    expect(started.countWatchers()).toBe(0);
  });

  test('of an ended job is its snapshot alone', async () => {
    const started = start();
    started.pages.jobs.set(JOB, makeStoredJob({ state: 'failed' }));
    const stream = await open(started);
    expect(await stream.next()).toMatchObject({ type: 'snapshot', job: { state: 'failed' } });
    expect(await stream.next()).toBeNull();
  });

  test('of no job is a plain not-found', async () => {
    expect((await startApp().request('/api/jobs/7/events')).status).toBe(404);
  });

  test('says that it is alive when nothing happens', async () => {
    const started = start();
    const stream = await open(started);
    await stream.next();
    vi.useFakeTimers();
    try {
      const beat = stream.reader.read();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(new TextDecoder().decode((await beat).value)).toBe(': still here\n\n');
    } finally {
      vi.useRealTimers();
    }
    await stream.reader.cancel();
  });

  test('stops when the coordinator does', async () => {
    const started = start();
    const stream = await open(started);
    await stream.next();
    const end = stream.next();
    started.closeStreams();
    expect(await end).toBeNull();
    expect(started.listeners.size).toBe(0);
  });

  test('gives a slow reader the latest of each shard, in events of bounded size', async () => {
    const started = start();
    const stream = await open(started);
    await stream.next();
    for (let round = 0; round < 3; round++)
      started.notify(Array.from({ length: MAX_CHANGES_AN_EVENT + 1 }, (_, index) => changed(index, round < 2 ? 'provisional' : 'final')));
    const [first, second] = [await stream.next(), await stream.next()];
    expect([first, second].map((event) => (event?.type === 'shards' ? event.changes.length : 0))).toEqual([MAX_CHANGES_AN_EVENT, 1]);
    expect(first?.type === 'shards' && first.changes.every((change) => change.verdict === 'final')).toBe(true);
    await stream.reader.cancel();
  });
});

describe('watchers', () => {
  test('are capped for an address and for all', () => {
    const hub = createJobHub(() => () => undefined);
    const open = Array.from({ length: MAX_WATCHERS_AN_ADDRESS }, () => hub.watch(JOB, 'a', true));
    expect(() => hub.watch(JOB, 'a', true)).toThrow('Too many pages');
    open[0]?.close();
    open[0]?.close();
    hub.watch(JOB, 'a', true);
    while (hub.watchers < MAX_WATCHERS) hub.watch(JOB, 'this machine', false);
    expect(() => hub.watch(JOB, 'b', true)).toThrow('Too many pages');
    hub.closeAll();
    expect(hub.watchers).toBe(0);
  });
});

describe('watchJob', () => {
  test('follows to the end over a lost connection', async () => {
    const started = start();
    const api = createTestApi(started);
    const events: string[] = [];
    const connection: boolean[] = [];
    let connections = 0;
    const flaky = {
      ...api,
      send: async (...call: Parameters<typeof api.send>) => {
        const response = await api.send(...call);
        if (++connections > 1) return response;
        // The first connection breaks after the snapshot.
        const { value } = await response.body!.getReader().read();
        return new Response(value as Uint8Array<ArrayBuffer>);
      },
    };
    const delays: number[] = [];
    const done = await watchJob(flaky, JOB, {
      onEvent: (event) => {
        events.push(event.type);
        if (connections < 2 || event.type !== 'snapshot') return;
        started.pages.jobs.set(JOB, makeStoredJob({ state: 'done' }));
        queueMicrotask(() => started.notify([changed(0), ended]));
      },
      onConnection: (isLive) => connection.push(isLive),
      random: () => 0,
      sleepMs: async (delayMs) => void delays.push(delayMs),
    });
    expect(done.state).toBe('done');
    expect(events).toEqual(['snapshot', 'snapshot', 'shards', 'job']);
    expect([connection, delays]).toEqual([[true, false, true], [250]]);
  });

  test('stops when told, and at once for a job that is none', async () => {
    const started = start();
    const stop = new AbortController();
    const watching = watchJob(createTestApi(started), JOB, { onEvent: () => stop.abort(), signal: stop.signal });
    expect(await faultOf(watching)).toMatchObject({ code: 'cancelled' });
    expect(await faultOf(watchJob(createTestApi(startApp()), JOB, { onEvent: () => undefined }))).toMatchObject({ code: 'not-found' });
  });
});
