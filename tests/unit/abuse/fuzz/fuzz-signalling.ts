// Fuzzes signalling: what a browser's socket may say to PeerServer, and what reaches the coordinator's peer behind it.
import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { createGuardedSocket } from '../../../../server/gateway/guarded-socket.ts';
import { SIGNALLING_LIMITS } from '../../../../server/gateway/limits.ts';
import { createRtcHost } from '../../../../server/gateway/rtc-host.ts';
import { type Chance, createChance, spoilBytes, spoilText } from './chance.ts';
import { createTally, type FuzzFamily } from './tally.ts';

const COORDINATOR = 'coordinator';
const SDP =
  'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n';
const OFFER = {
  type: 'OFFER',
  dst: COORDINATOR,
  payload: { type: 'data', serialization: 'raw', connectionId: 'dc_1', sdp: { type: 'offer', sdp: SDP } },
};
const SAMPLES: readonly string[] = [
  JSON.stringify(OFFER),
  JSON.stringify({ type: 'CANDIDATE', dst: COORDINATOR, payload: { candidate: { candidate: 'candidate:1' } } }),
  JSON.stringify({ type: 'HEARTBEAT' }),
  JSON.stringify({ ...OFFER, dst: 'deadbeef' }),
  JSON.stringify({ type: 'LEAVE', dst: COORDINATOR }),
  JSON.stringify({ type: 'OPEN' }),
];
const TOKENS = [
  '"',
  '{',
  '}',
  '[',
  'null',
  '"dst":"victim"',
  '"src":"victim"',
  '"__proto__":{"type":"OFFER"}',
  'OFFER',
  COORDINATOR,
  '\\u0000',
  '1e999',
];
const PASSES = new Set(['HEARTBEAT', 'OFFER', 'CANDIDATE']);

/** A frame either passes as one of the three messages there are, addressed to the coordinator, or the socket is closed; nothing throws. */
export const fuzzSignalling: FuzzFamily = async (cases, seed) => {
  const chance = createChance(seed);
  const tally = createTally();
  const offered: string[] = [];
  const host = createHost(offered);
  let nowMs = 0;
  while (tally.cases < cases) {
    tally.cases++;
    nowMs += 1_000;
    const { isBinary, data } = makeFrame(chance);
    const { closes, passed } = sayThrough(data, isBinary, nowMs);
    if (closes + passed.length !== 1) throw new Error(`Seed ${seed}: a frame was neither passed nor refused: ${data}`);
    if (closes === 1) tally.refused['bad-message'] = (tally.refused['bad-message'] ?? 0) + 1;
    for (const text of passed) {
      tally.taken++;
      const message = JSON.parse(text) as { readonly type: string; readonly dst?: string };
      const isOurs = PASSES.has(message.type) && (message.type === 'HEARTBEAT' || message.dst === COORDINATOR);
      if (!isOurs || Object.keys(message).some((key) => !['type', 'dst', 'payload'].includes(key)))
        throw new Error(`Seed ${seed}: this passed: ${text}`);
      // PeerServer stamps the sender's own id
      host.accept({ ...message, src: 'deadbeef' });
    }
  }
  if (offered.some((sdp) => sdp.split('\n').some((line) => line.startsWith('a=candidate:'))))
    throw new Error('A stranger’s candidate reached the native library.');
  host.closeAll();
  return tally;
};

function sayThrough(data: Buffer, isBinary: boolean, nowMs: number): { readonly closes: number; readonly passed: readonly string[] } {
  let closes = 0;
  const passed: string[] = [];
  const socket = Object.assign(new EventEmitter(), { send: () => {}, close: () => void closes++, terminate: () => void closes++ });
  const options = { coordinator: COORDINATOR, limits: SIGNALLING_LIMITS, nowMs: () => nowMs };
  const guarded = createGuardedSocket(socket as unknown as WebSocket, options);
  guarded.on('message', (text: string) => void passed.push(text));
  socket.emit('message', data, isBinary);
  return { closes, passed };
}

function makeFrame(chance: Chance): { readonly data: Buffer; readonly isBinary: boolean } {
  const isBinary = chance.happens(0.05);
  const sample = chance.pick(SAMPLES);
  if (chance.happens(0.1)) return { data: Buffer.from(sample), isBinary };
  if (chance.happens(0.3)) return { data: Buffer.from(spoilBytes(chance, Buffer.from(sample))), isBinary };
  return { data: Buffer.from(spoilText(chance, sample, TOKENS)), isBinary };
}

/** The native library itself is not fuzzed here: it throws on every fifth description, as it does on a bad one. */
function createHost(offered: string[]) {
  class PeerConnection {
    onLocalDescription(): void {}
    onLocalCandidate(): void {}
    onStateChange(): void {}
    onDataChannel(): void {}
    close(): void {}
    setRemoteDescription(sdp: string): void {
      offered.push(sdp);
      if (offered.length % 5 === 0) throw new Error('invalid description');
    }
  }
  return createRtcHost({
    rtc: { PeerConnection } as unknown as typeof import('node-datachannel'),
    bindAddress: '127.0.0.1',
    udpPort: null,
    publicAddress: null,
    limits: { ...SIGNALLING_LIMITS, connections: 100 },
    say: () => {},
    authorize: () => true,
    onChannel: () => {},
    onRefused: () => {},
    timers: { nowMs: () => 0, after: () => () => {} },
  });
}
