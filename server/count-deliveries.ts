// Counts what the core tells devices: assignments, reasons to be idle, cancellations.
import type { IdleReason, ServerMessage } from '../src/protocol/messages.ts';
import type { Deliverer } from './coordinator/event.ts';
import type { Figure } from './observe/metrics.ts';

type CancelReason = Extract<ServerMessage, { type: 'cancel' }>['reason'];

export interface DeliveryCounts {
  handedOut: number;
  readonly idle: Partial<Record<IdleReason, number>>;
  /** Copies, not messages. */
  readonly cancelled: Partial<Record<CancelReason, number>>;
  bytesWanted: number;
  resumed: number;
}

export interface CountedDeliverer {
  readonly deliverer: Deliverer;
  readonly counts: Readonly<DeliveryCounts>;
}

export function countDeliveries(to: Deliverer): CountedDeliverer {
  const counts: DeliveryCounts = { handedOut: 0, idle: {}, cancelled: {}, bytesWanted: 0, resumed: 0 };
  return {
    counts,
    deliverer: {
      deliver(session, message) {
        countMessage(counts, message);
        to.deliver(session, message);
      },
      resume(session, fault) {
        counts.resumed++;
        to.resume(session, fault);
      },
    },
  };
}

function countMessage(counts: DeliveryCounts, message: ServerMessage): void {
  if (message.type === 'assignments') counts.handedOut += message.assignments.length;
  else if (message.type === 'idle') counts.idle[message.reason] = (counts.idle[message.reason] ?? 0) + 1;
  else if (message.type === 'cancel') counts.cancelled[message.reason] = (counts.cancelled[message.reason] ?? 0) + message.shards.length;
  else if (message.type === 'bytes-wanted') counts.bytesWanted++;
}

export function deliveryFigures(counts: Readonly<DeliveryCounts>): readonly Figure[] {
  return [
    { name: 'assignments_total', kind: 'count', help: 'Copies of shards handed out.', read: () => counts.handedOut },
    {
      name: 'idle_answers_total',
      kind: 'count',
      help: 'Times a device asked and got nothing, by reason.',
      label: 'reason',
      read: () => counts.idle as Record<string, number>,
    },
    {
      name: 'assignments_cancelled_total',
      kind: 'count',
      help: 'Copies taken back from a connected device, by reason; expired ones were late.',
      label: 'reason',
      read: () => counts.cancelled as Record<string, number>,
    },
    {
      name: 'bytes_wanted_total',
      kind: 'count',
      help: 'Times a device was asked for the bytes of its vote.',
      read: () => counts.bytesWanted,
    },
    {
      name: 'sessions_resumed_total',
      kind: 'count',
      help: 'Sessions told to begin anew after a failed commit.',
      read: () => counts.resumed,
    },
  ];
}
