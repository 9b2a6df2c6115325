// What the gateway has done since it started, as plain numbers for the metrics page.
import type { FaultCode } from '../../src/protocol/fault.ts';
import type { EndReason } from '../../src/transport/message-channel.ts';

export interface GatewayCounts {
  sessionsWaiting: number;
  sessionsLive: number;
  /** Of all sessions, those over WebRTC. */
  overRtc: number;
  opened: number;
  readonly ended: Record<EndReason, number>;
  messagesIn: number;
  messagesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Messages and connections refused, by code. */
  readonly refused: Partial<Record<FaultCode, number>>;
}

export function createCounts(): GatewayCounts {
  return {
    sessionsWaiting: 0,
    sessionsLive: 0,
    overRtc: 0,
    opened: 0,
    ended: { 'closed-here': 0, 'closed-there': 0, dead: 0, 'bad-frame': 0, 'slow-reader': 0 },
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    refused: {},
  };
}

export function countRefusal(counts: GatewayCounts, code: FaultCode): void {
  counts.refused[code] = (counts.refused[code] ?? 0) + 1;
}
