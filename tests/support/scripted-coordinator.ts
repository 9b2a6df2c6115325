// The coordinator's end of a memory channel: records what a contributor says and says what a test tells it to.
import type { Assignment } from '../../src/protocol/assignment.ts';
import { canonicalBytes } from '../../src/protocol/canonical.ts';
import { encodeServerMessage } from '../../src/protocol/encode-message.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { ManifestOutput, StageManifest } from '../../src/protocol/job.ts';
import { type ClientMessage, type Envelope, PROTOCOL_VERSION, type ServerMessage } from '../../src/protocol/messages.ts';
import { parseClientMessage } from '../../src/protocol/parse-message.ts';
import { digestOf } from '../../src/protocol/sha256.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { createMemoryPair } from '../../src/transport/memory.ts';
import { createMessageChannel, type FramedChannel } from '../../src/transport/message-channel.ts';
import { type FakeClock, settle } from './fake-clock.ts';

export const ACCOUNT = 7 as AccountId;
export const DEVICE = 11 as DeviceId;

type MessageOf<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>;

export interface ScriptedCoordinator {
  openChannel(): Promise<Channel>;
  /** Set to make every attempt to connect fail. */
  fault: Fault | null;
  /** Set to lose every frame, both ways. */
  isSilent: boolean;
  readonly connections: number;
  readonly log: readonly Envelope<ClientMessage>[];
  /** Everything of one type since the last `forget`. */
  heard<Type extends ClientMessage['type']>(type: Type): readonly MessageOf<Type>[];
  forget(): void;
  say(message: ServerMessage): Promise<void>;
  welcome(over?: Partial<Extract<ServerMessage, { type: 'welcome' }>>): Promise<void>;
  hangUp(why?: string): Promise<void>;
}

export function createScriptedCoordinator(clock: FakeClock): ScriptedCoordinator {
  let log: Envelope<ClientMessage>[] = [];
  let line: FramedChannel | null = null;
  let connections = 0;
  const coordinator: ScriptedCoordinator = {
    fault: null,
    isSilent: false,
    async openChannel() {
      if (coordinator.fault) throw coordinator.fault;
      connections++;
      const [ours, theirs] = createMemoryPair({ carry: (_frame, deliver) => (coordinator.isSilent ? undefined : queueMicrotask(deliver)) });
      line = createMessageChannel(ours, {
        timers: clock,
        onMessage: (bytes) => {
          const envelope = parseClientMessage(bytes);
          if (envelope.message.type !== 'heartbeat') log.push(envelope);
        },
        onClose: () => {},
      });
      return theirs;
    },
    get connections() {
      return connections;
    },
    get log() {
      return log;
    },
    heard: <Type extends ClientMessage['type']>(type: Type) =>
      log.map(({ message }) => message).filter((message): message is MessageOf<Type> => message.type === type),
    forget() {
      log = [];
    },
    async say(message) {
      line?.send(encodeServerMessage(message));
      await settle();
      await settle();
    },
    welcome: (over = {}) =>
      coordinator.say({
        type: 'welcome',
        v: PROTOCOL_VERSION,
        build: 'test',
        epoch: 1,
        account: ACCOUNT,
        device: DEVICE,
        heartbeatMs: 3_000,
        deadAfterMs: 10_000,
        ...over,
      }),
    async hangUp(why = 'the coordinator went away') {
      line?.close(why);
      line = null;
      await settle();
    },
  };
  return coordinator;
}

export const EXACT_OUTPUT: ManifestOutput = {
  name: 'out',
  layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 4 },
  element: 'u32',
  comparison: { kind: 'exact' },
  workgroupsPerLeaf: 1,
};

export interface StageFixture {
  readonly manifest: Digest;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

/** A stage whose blobs can be fetched; the program's text is whatever the pool under test understands. */
export function makeStage(over: Partial<StageManifest> = {}): StageFixture {
  const blobs = new Map<Digest, Uint8Array>();
  const put = (bytes: Uint8Array): Digest => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return digest;
  };
  const input = new Uint8Array(64).map((_, i) => i);
  const manifest: StageManifest = {
    v: 1,
    job: 5 as JobId,
    stage: 0,
    title: 'A test',
    wgsl: put(new TextEncoder().encode('program')),
    module: put(new Uint8Array([0, 97, 115, 109])),
    reflection: { entryPoint: 'main', workgroupSize: [1, 1, 1], bindings: [] },
    grid: [64, 1, 1],
    workgroupsPerShard: 4,
    inputs: [
      { name: 'table', digest: put(input), bytes: 64, bytesPerWorkgroup: null },
      { name: 'rows', digest: put(input), bytes: 64, bytesPerWorkgroup: 1 },
    ],
    outputs: [EXACT_OUTPUT],
    view: { kind: 'bytes', output: 'out' },
    ...over,
  };
  return { manifest: put(canonicalBytes(manifest)), blobs };
}

export function makeAssignment(
  stage: StageFixture,
  index: number,
  over: { readonly copy?: number; readonly leaseMs?: number } = {},
): Assignment {
  const id = (1_024 + index) as ShardId;
  return {
    claim: { epoch: 1, shard: id, copy: over.copy ?? 0, device: DEVICE, expiresAtMs: 9_000_000 },
    shard: { id, job: 5 as JobId, stage: 0, index, base: index * 4, count: 4 },
    manifest: stage.manifest,
    mac: new Uint8Array(16).fill(index),
    leaseMs: over.leaseMs ?? 60_000,
    priceMicroCredits: 1_000n,
  };
}

export function makeBlobFetcher(stage: StageFixture): (digest: Digest) => Promise<Uint8Array> {
  return async (digest) => {
    const bytes = stage.blobs.get(digest);
    if (!bytes) throw new Fault('not-found', 'There is no such blob here.');
    return bytes;
  };
}
