// The spine of a contributor, the same in a browser's worker and headless: hello, want, assignments, compute, keep, send, receipts, credit.
import type { Assignment } from '../protocol/assignment.ts';
import { encodeClientMessage } from '../protocol/encode-message.ts';
import { Fault, type FaultBody } from '../protocol/fault.ts';
import { type ClientMessage, NO_PAYLOAD, PROTOCOL_VERSION, type ServerMessage } from '../protocol/messages.ts';
import { parseServerMessage } from '../protocol/parse-message.ts';
import { type HashFunction, sha256 } from '../protocol/sha256.ts';
import type { FramedChannel } from '../transport/message-channel.ts';
import { createAsking } from './ask-for-work.ts';
import { createBlobSource, type FetchBlob } from './blob-source.ts';
import type { Clock } from './clock.ts';
import type { ContributorStore } from './contributor-store.ts';
import type { EnginePool } from './engine-pool.ts';
import { makeComputed, makeFailed, makeNote } from './feed.ts';
import { createVoteFollower } from './follow-votes.ts';
import { type Load, pickLoad, pickWant, speedAfter, UNKNOWN_SPEED } from './governor.ts';
import { holdConnection, isFinalFault, type OpenChannel } from './hold-connection.ts';
import { makeKeptResult } from './make-kept-result.ts';
import { createOutbox } from './outbox.ts';
import { createRuntimeView, type Measured } from './runtime-view.ts';
import { adjustSettings, type ContributorSettings, type ContributorSnapshot, type EngineView, type RuntimeFacts } from './state.ts';
import { createWorkbench, type ShardEnd } from './workbench.ts';

export interface RuntimeOptions {
  readonly openChannel: OpenChannel;
  readonly pool: EnginePool;
  readonly store: ContributorStore;
  readonly fetchBlob: FetchBlob;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Of this program, as the coordinator's logs name it. */
  readonly build: string;
  readonly settings: ContributorSettings;
  readonly onSnapshot: (snapshot: ContributorSnapshot) => void;
  /** Node gives its faster one. */
  readonly hash?: HashFunction;
}

export interface Runtime {
  snapshot(): ContributorSnapshot;
  start(): void;
  /** Hands back what is not computed, waits shortly for receipts, closes. */
  stop(): Promise<void>;
  pause(): void;
  resume(): void;
  setSettings(change: Partial<ContributorSettings>): void;
  /** As the browser says it; computing rests while `pauseOnBattery` is set. */
  setOnBattery(isOnBattery: boolean): void;
  /** Slices of this length keep the page smooth; see pace-slices. */
  setTargetMs(targetMs: number): void;
  /** The network is back, the page woke up: tries now, or checks that the connection lives. */
  wake(): void;
  /** Stops, and ends the engines. */
  destroy(): Promise<void>;
}

/** After a connection opens, the welcome must come within this. */
export const WELCOME_BUDGET_MS = 10_000;
/** On stop: how long the last receipts are waited for. */
export const STOP_BUDGET_MS = 1_000;

export function createRuntime(options: RuntimeOptions): Runtime {
  const { pool, store, clock, hash = sha256 } = options;
  const outbox = createOutbox({ store, clock });
  const blobs = createBlobSource({ fetchBlob: options.fetchBlob, store, hash });
  const workbench = createWorkbench({
    pool,
    blobs,
    clock,
    random: options.random,
    on: { ended: (assignment, end) => finish(assignment, end), changed: () => view.touch() },
  });
  const view = createRuntimeView({ settings: options.settings, clock, onSnapshot: options.onSnapshot, measure: () => measure() });
  const votes = createVoteFollower(outbox, view, clock);
  const asking = createAsking({
    clock,
    pickCount: () => (isWelcome && !isResting() && view.facts.idle === null ? pickWant(workbench.inHand, load().workers, speed) : 0),
    send: (count) => send({ type: 'want', count, workgroupsPerSecond: workgroupsPerSecond() }),
  });

  let channel: FramedChannel | null = null;
  let isWelcome = false;
  let speed = UNKNOWN_SPEED;
  let targetMs = 16;
  let isDischarging = false;
  let engineKind: EngineView['kind'] = 'cpu';
  let stopWelcomeAlarm = (): void => {};
  let beginning: Promise<void> = Promise.resolve();
  let hasLoaded = false;

  const isResting = (): boolean => view.facts.isPaused || view.facts.isOnBattery;

  const load = (): Load => pickLoad(view.settings, engineKind);

  const workgroupsPerSecond = (): number => speed.workgroupsPerSecond * load().workers;

  const measure = (): Measured => {
    const { workers, duty } = load();
    const { running, loading, current } = workbench;
    const capacity = engineKind === 'gpu' ? 1 : view.settings.threads;
    const dutyPercent = Math.round((100 * Math.min(running, workers) * duty) / capacity);
    const { waiting, unsent } = outbox;
    return { running, loading, current, waiting, unsent, dutyPercent, speedWorkgroupsPerSecond: workgroupsPerSecond() };
  };

  const send = (message: ClientMessage, payload: Uint8Array = NO_PAYLOAD): void => channel?.send(encodeClientMessage(message, payload));

  const giveBack = (assignments: readonly Assignment[]): void => {
    for (const { claim, mac } of assignments) outbox.report({ claim, mac, outcome: { kind: 'released' } });
    outbox.flush();
  };

  // -- what engines answer ----------------------------------------------------------------------------------------------------------

  const finish = (assignment: Assignment, end: ShardEnd): void => {
    const { claim, mac } = assignment;
    const { job, index } = assignment.shard;
    switch (end.kind) {
      case 'done':
        // asks for more by itself: in the message that brings the result
        return keepDone(assignment, end);
      case 'failed':
        outbox.report({ claim, mac, outcome: { kind: 'failed', code: end.code, message: end.message } });
        view.tell(makeFailed({ job, index, title: end.title }, end.message, clock.nowMs()));
        break;
      case 'expired':
        view.tell(makeFailed({ job, index, title: end.title }, `Shard ${index} was not begun before its lease ended.`, clock.nowMs()));
        break;
    }
    asking.more();
  };

  const keepDone = (assignment: Assignment, { stage, report, elapsedMs }: Extract<ShardEnd, { kind: 'done' }>): void => {
    const { manifest } = stage;
    const { id, job, index, base, count } = assignment.shard;
    const nowMs = clock.nowMs();
    const subject = { job, index, title: manifest.title };
    const kept = makeKeptResult({ assignment, manifest, report, engine: engineKind, nowMs }, hash);
    speed = speedAfter(speed, { elapsedMs, workgroups: count });
    votes.remember(id, subject);
    void outbox.add(kept).then(() => {
      view.touch();
      asking.more();
    });
    view.count('computed');
    view.tell(makeComputed(subject, elapsedMs, nowMs));
    const bytes = kept.bytes[manifest.outputs.findIndex(({ name }) => name === manifest.view.output)];
    const { grid, workgroupsPerShard } = manifest;
    if (bytes) view.show({ latestOutput: { job, index, base, count, view: manifest.view, grid, workgroupsPerShard, bytes } });
  };

  // -- what the coordinator says ----------------------------------------------------------------------------------------------------

  const accept = (message: ServerMessage): void => {
    switch (message.type) {
      case 'welcome':
        return welcome(message);
      case 'assignments':
        return take(message.assignments);
      case 'idle':
        return rest(message.reason, message.retryAfterMs);
      case 'receipts':
        return votes.receive(message.receipts);
      case 'credited':
        return votes.credit(message.shards, message.balance);
      case 'settled':
        return votes.settle(message.shards);
      case 'bytes-wanted':
        return void votes.sendBytes(message.claim);
      case 'cancel':
        workbench.cancel(message.shards);
        if (message.reason === 'job-ended') for (const shard of message.shards) outbox.settle(shard, 'late');
        return asking.more();
      case 'refused':
        return isFinalFault(message.fault.code) ? halt(message.fault) : view.tell(makeNote(message.fault.sentence, clock.nowMs()));
      case 'draining':
        return rest('pending-reconnect', message.retryAfterMs);
      case 'heartbeat':
        return;
    }
  };

  const welcome = ({ device }: Extract<ServerMessage, { type: 'welcome' }>): void => {
    stopWelcomeAlarm();
    connection.settle();
    isWelcome = true;
    view.learn({ step: null, connection: { kind: 'open' }, idle: null });
    // What was handed to another device is not this one's to compute.
    workbench.keepOnly(device);
    outbox.connect({ device, send, wish: () => ({ wanted: asking.ride(), workgroupsPerSecond: workgroupsPerSecond() }) });
    asking.more();
  };

  const take = (assignments: readonly Assignment[]): void => {
    asking.answered();
    view.learn({ idle: null });
    // What was on its way when the user paused goes straight back.
    if (isResting() || !view.facts.isOn) return giveBack(assignments);
    workbench.accept(assignments);
    asking.more();
  };

  const rest = (reason: NonNullable<RuntimeFacts['idle']>['reason'], retryAfterMs: number): void => {
    asking.answered();
    view.learn({ idle: { reason, retryAtMs: clock.nowMs() + retryAfterMs } });
    asking.rest(retryAfterMs, () => {
      view.learn({ idle: null });
      asking.more();
    });
  };

  // -- on and off -------------------------------------------------------------------------------------------------------------------

  const connection = holdConnection({
    openChannel: options.openChannel,
    clock,
    random: options.random,
    on: {
      // A start shows its steps; coming back later does not.
      step: (step) => view.learn(view.facts.step !== null ? { step } : { connection: { kind: 'opening' } }),
      opened(next) {
        channel = next;
        view.show({ transport: next.kind === 'rtc' ? 'rtc' : 'ws' });
        const capabilities = { engines: pool.capabilities, threads: view.settings.threads };
        send({ type: 'hello', v: PROTOCOL_VERSION, build: options.build, capabilities });
        stopWelcomeAlarm = clock.after(WELCOME_BUDGET_MS, () => next.close('The coordinator did not answer the greeting.'));
      },
      message(bytes) {
        try {
          accept(parseServerMessage(bytes).message);
        } catch (cause) {
          if (!(cause instanceof Fault)) throw cause;
          channel?.close(cause.message);
        }
      },
      lost() {
        disconnect();
        view.learn({ connection: { kind: 'opening' } });
      },
      waiting: (wait) => view.learn({ connection: { kind: 'waiting', ...wait } }),
      refused: (fault) => halt(fault),
    },
  });

  const disconnect = (): void => {
    channel = null;
    isWelcome = false;
    stopWelcomeAlarm();
    asking.forget();
    outbox.connect(null);
    view.show({ transport: null });
  };

  const halt = (fault: FaultBody): void => {
    giveBack(workbench.release());
    void connection.stop();
    disconnect();
    view.learn({ fault, step: null });
  };

  const applyLoad = (): void => {
    const { workers, duty } = load();
    pool.setLoad({ workers, rhythm: { targetMs, duty } });
    workbench.setWorkers(workers);
    view.touch();
  };

  const useEngine = (engine: EngineView): void => {
    engineKind = engine.kind;
    view.show({ engine });
    applyLoad();
  };

  const begin = async (): Promise<void> => {
    try {
      pool.onEngine = (engine) => {
        const isOther = engine.kind !== engineKind;
        useEngine(engine);
        view.tell(makeNote(engine.why, clock.nowMs()));
        // The coordinator must not go on handing out what only the engine before could run.
        if (isOther) channel?.close('The engine changed; the coordinator is told anew.');
      };
      useEngine(await pool.start());
      if (!hasLoaded) await outbox.load().catch(() => 0);
      hasLoaded = true;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      return halt({ code: 'internal', sentence: `No engine could be started here: ${why}` });
    }
    if (view.facts.isOn) connection.start();
  };

  /** Who rests hands back what is in hand; who goes on asks anew. */
  const changeRest = (change: Partial<Pick<RuntimeFacts, 'isPaused' | 'isOnBattery'>>): void => {
    const wasResting = isResting();
    view.learn(change);
    if (isResting() === wasResting) return;
    if (!wasResting) return giveBack(workbench.release());
    view.learn({ idle: null });
    asking.more();
  };

  const minding = (): Pick<RuntimeFacts, 'isOnBattery'> => ({ isOnBattery: isDischarging && view.settings.pauseOnBattery });

  const stop = async (): Promise<void> => {
    if (!view.facts.isOn) return view.learn({ fault: null });
    giveBack(workbench.release());
    view.learn({ isOn: false });
    if (isWelcome) await outbox.settled(STOP_BUDGET_MS);
    if (view.facts.isOn) return;
    await connection.stop();
    disconnect();
    view.learn({ step: null, idle: null, isPaused: false, fault: null });
  };

  return {
    snapshot: view.snapshot,
    start() {
      if (view.facts.isOn && view.facts.fault === null) return;
      view.learn({ isOn: true, isPaused: false, fault: null, step: 'engine', connection: { kind: 'opening' }, idle: null });
      beginning = beginning.then(begin);
    },
    stop,
    pause() {
      if (view.facts.isOn) changeRest({ isPaused: true });
    },
    resume() {
      // Resumed on the battery: that holds until the charger comes and goes again.
      changeRest(view.facts.isPaused ? { isPaused: false } : { isOnBattery: false });
    },
    setSettings(change) {
      view.show({ settings: adjustSettings(view.settings, change) });
      if (change.pauseOnBattery !== undefined) changeRest(minding());
      applyLoad();
      asking.more();
    },
    setOnBattery(next) {
      isDischarging = next;
      changeRest(minding());
    },
    setTargetMs(next) {
      targetMs = next;
      applyLoad();
    },
    wake() {
      connection.hurry();
      connection.probe();
    },
    async destroy() {
      await stop();
      view.close();
      pool.destroy();
    },
  };
}
