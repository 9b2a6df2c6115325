// Follows one job: its state, the mark of every shard, and its picture as shards become final.
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { Api } from '../../account/create-api.ts';
import type { JobEvent, JobView } from '../../protocol/api.ts';
import type { FaultBody } from '../../protocol/fault.ts';
import type { JobId } from '../../protocol/ids.ts';
import { watchJob } from '../../requester/watch-job.ts';
import { markOfLetter, markOfVerdict, type ShardMark } from '../parts/mosaic/shard-mark.ts';
import { createJobPicture } from './create-job-picture.ts';
import { describeFault } from './describe-fault.ts';

export interface JobWatch {
  readonly job: Accessor<JobView | null>;
  /** Why there is nothing to show; null while there is. */
  readonly fault: Accessor<FaultBody | null>;
  /** A sentence while events do not flow and the job still runs. */
  readonly interruption: Accessor<string | null>;
  readonly marks: Accessor<readonly ShardMark[]>;
  readonly pixels: Accessor<ImageData | null>;
  readonly painted: Accessor<ReadonlySet<number>>;
  /** Changes with every change of marks or pixels. */
  readonly revision: Accessor<number>;
  paint(index: number, bytes: Uint8Array): void;
  retry(): void;
}

export function createJobWatch(api: Api, id: JobId): JobWatch {
  const [job, setJob] = createSignal<JobView | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const [interruption, setInterruption] = createSignal<string | null>(null);
  const [revision, setRevision] = createSignal(0);
  const picture = createJobPicture(api, () => touch());
  let marks: ShardMark[] = [];
  let stop = new AbortController();

  const touch = createBatch(() => setRevision((count) => count + 1));
  const accept = (event: JobEvent): void => {
    setFault(null);
    if (event.type === 'shards') {
      for (const { index, verdict } of event.changes) marks[index] = markOfVerdict(verdict);
      picture.want(event.changes.filter(({ verdict }) => verdict === 'final').map(({ index }) => index));
    } else {
      if (event.type === 'snapshot') marks = Array.from(event.shards, markOfLetter);
      setJob(event.job);
      if (event.type === 'snapshot') {
        picture.open(event.job);
        picture.want(marks.flatMap((mark, index) => (mark === 'final' ? [index] : [])));
      }
    }
    touch();
  };
  const follow = (): void => {
    stop = new AbortController();
    const onConnection = (isLive: boolean, sentence: string | null): void => void setInterruption(isLive ? null : sentence);
    watchJob(api, id, { onEvent: accept, onConnection, signal: stop.signal }).then(
      () => setInterruption(null),
      (error: unknown) => {
        const found = describeFault(error);
        if (found.code !== 'cancelled') setFault(found);
      },
    );
  };
  follow();
  onCleanup(() => {
    stop.abort();
    picture.close();
  });
  return {
    job,
    fault,
    interruption,
    revision,
    marks: () => {
      revision();
      return marks;
    },
    pixels: picture.pixels,
    painted: picture.painted,
    paint: picture.paint,
    retry() {
      stop.abort();
      setFault(null);
      follow();
    },
  };
}

/** Many changes, one drawing. */
function createBatch(draw: () => void): () => void {
  let isPlanned = false;
  return () => {
    if (isPlanned) return;
    isPlanned = true;
    requestAnimationFrame(() => {
      isPlanned = false;
      draw();
    });
  };
}
