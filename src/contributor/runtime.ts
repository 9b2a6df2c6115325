// The spine of a contributor, the same in a browser's worker and headless: hello, want, assignments, compute, keep, send, receipts, credit.
import type { Surroundings } from '../engine/pace-slices.ts';
import type { Assignment } from '../protocol/assignment.ts';
import { encodeClientMessage } from '../protocol/encode-message.ts';
import { Fault, type FaultBody } from '../protocol/fault.ts';
import { type ClientMessage, NO_PAYLOAD, PROTOCOL_VERSION, type ServerMessage } from '../protocol/messages.ts';
import { parseServerMessage } from '../protocol/parse-message.ts';
import { sha256 } from '../protocol/sha256.ts';
import type { FramedChannel } from '../transport/message-channel.ts';
import { adjustSettings, capSettings } from './adjust-settings.ts';
import { createAsking } from './ask-for-work.ts';
import { createBlobSource, type FetchBlob } from './blob-source.ts';
import { createEngineDriver } from './drive-engines.ts';
import { makeComputed, makeFailed, makeNote } from './feed.ts';
import { createVoteFollower } from './follow-votes.ts';
import { holdConnection, isFinalFault } from './hold-connection.ts';
import { makeKeptResult, pickLatestOutput } from './make-kept-result.ts';
import { createEngineFollower } from './note-engines.ts';
import { createOutbox } from './outbox.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { createRuntimeView, type Measured } from './runtime-view.ts';
import type { ContributorSnapshot, RuntimeFacts, SettingsChange } from './state.ts';
import { createLikesTeller } from './tell-likes.ts';
import { createRuleWatch, type DeviceFacts } from './watch-rules.ts';
import { createWorkbench, type ShardEnd } from './workbench.ts';

export interface Runtime {
  snapshot(): ContributorSnapshot;
  /** `isFresh`, the default: a person starts it, and no pause of earlier is left. */
  start(isFresh?: boolean): void;
  /** Hands back what is not computed, waits shortly for receipts, closes. */
  stop(): Promise<void>;
  /** Null: until it is resumed. Resolves when the pause would survive a reload. */
  pause(untilMs?: number | null): Promise<void>;
  /** Ends a pause or a finish; else overrules the rule that holds it still, for as long as its cause lasts. */
  resume(): Promise<void>;
  /** Completes what runs, begins nothing new, then stops. */
  finishAndStop(): void;
  setSettings(change: SettingsChange): void;
  learn(facts: Partial<Omit<DeviceFacts, 'isGpuMissing'>>): void;
  /** Slices are as short as what the person does asks for; see pace-slices. */
  setSurroundings(surroundings: Surroundings): void;
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
  const { pool, store, clock, hash = sha256, maxShare = 1 } = options;
  const outbox = createOutbox({ store, clock });
  const fetchBlob: FetchBlob = async (digest) => {
    const bytes = await options.fetchBlob(digest);
    rules.countBytes(bytes.length);
    return bytes;
  };
  const workbench = createWorkbench({
    pool,
    blobs: createBlobSource({ fetchBlob, store, hash }),
    clock,
    random: options.random,
    on: { ended: (assignment, end) => finish(assignment, end), changed: () => view.touch() },
  });
  const view = createRuntimeView({
    settings: capSettings(options.settings, maxShare),
    clock,
    onSnapshot: options.onSnapshot,
    measure: () => measure(),
  });
  const engines = createEngineDriver({
    pool,
    settings: () => view.settings,
    hardwareThreads: options.hardwareThreads ?? options.settings.cpu.threads,
  });
  const rules = createRuleWatch({
    clock,
    utcOffsetMs: options.utcOffsetMs ?? (() => 0),
    settings: () => view.settings,
    keeper: options.keeper ?? null,
    heardPause: options.heardPause ?? { kind: 'none' },
    onChange: () => obeyRules(),
  });
  const likes = createLikesTeller((message) => send(message));
  const votes = createVoteFollower(outbox, view, clock);
  const follower = createEngineFollower(pool, view, clock);
  const asking = createAsking({
    clock,
    pickCount: () => (isWelcome && rules.decision.mayAsk && view.facts.idle === null ? engines.pickWant(workbench.inHand) : 0),
    send: (count) => send({ type: 'want', count, workgroupsPerSecond: engines.workgroupsPerSecond }),
  });

  let channel: FramedChannel | null = null;
  let isWelcome = false;
  let mayCompute = true;
  let stopWelcomeAlarm = (): void => {};
  let beginning: Promise<void> = Promise.resolve();
  let closing: Promise<void> = Promise.resolve();
  let hasBegun = false;
  let hasLoaded = false;
  let toldKinds = '';

  const measure = (): Measured => {
    const { running, loading, current } = workbench;
    const { waiting, unsent } = outbox;
    const { measured, workgroupsPerSecond: speedWorkgroupsPerSecond } = engines;
    const { bytesToday, pausedUntilMs } = rules;
    return { running, loading, current, waiting, unsent, measured, usage: { bytesToday }, pausedUntilMs, speedWorkgroupsPerSecond };
  };

  const send = (message: ClientMessage, payload: Uint8Array = NO_PAYLOAD): void => {
    if (!channel) return;
    const bytes = encodeClientMessage(message, payload);
    rules.countBytes(bytes.length);
    channel.send(bytes);
  };

  const giveBack = (assignments: readonly Assignment[]): void => {
    for (const { claim, mac } of assignments) outbox.report({ claim, mac, outcome: { kind: 'released' } });
    outbox.flush();
  };

  const finish = (assignment: Assignment, end: ShardEnd): void => {
    const { claim, mac } = assignment;
    const { job, index } = assignment.shard;
    switch (end.kind) {
      case 'done':
        // asks for more by itself: in the message that brings the result
        keepDone(assignment, end);
        return stopWhenFinished();
      case 'failed':
        outbox.report({ claim, mac, outcome: { kind: 'failed', code: end.code, message: end.message } });
        view.tell(makeFailed({ job, index, title: end.title }, end.message, clock.nowMs()));
        break;
      case 'expired':
        view.tell(makeFailed({ job, index, title: end.title }, `Shard ${index} was not begun before its lease ended.`, clock.nowMs()));
        break;
      case 'unfit':
        giveBack([assignment]);
        break;
    }
    asking.more();
    stopWhenFinished();
  };

  const keepDone = (assignment: Assignment, { stage, report, engine, elapsedMs }: Extract<ShardEnd, { kind: 'done' }>): void => {
    const { manifest } = stage;
    const { id, job, index, count } = assignment.shard;
    const nowMs = clock.nowMs();
    const subject = { job, index, title: manifest.title };
    const kept = makeKeptResult({ assignment, manifest, report, engine, nowMs }, hash);
    engines.learn(engine, { elapsedMs, workgroups: count });
    votes.remember(id, subject);
    void outbox.add(kept).then(() => {
      view.touch();
      asking.more();
    });
    view.count('computed');
    view.tell(makeComputed(subject, elapsedMs, nowMs));
    const latestOutput = pickLatestOutput(kept, assignment, manifest);
    if (latestOutput) view.show({ latestOutput });
  };

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
        asking.more();
        return stopWhenFinished();
      case 'refused':
        if (isFinalFault(message.fault.code)) return halt(message.fault);
        return view.tell(makeNote(message.fault.sentence, clock.nowMs(), { note: 'coordinator' }));
      case 'draining':
        return rest('pending-reconnect', message.retryAfterMs);
      case 'heartbeat':
        return;
    }
  };

  const welcome = ({ device, v }: Extract<ServerMessage, { type: 'welcome' }>): void => {
    stopWelcomeAlarm();
    connection.settle();
    isWelcome = true;
    view.learn({ step: null, connection: { kind: 'open' }, idle: null });
    likes.meet(v);
    likes.tell(view.settings.likes);
    // What was handed to another device is not this one's to compute.
    workbench.keepOnly(device);
    outbox.connect({ device, send, wish: () => ({ wanted: asking.ride(), workgroupsPerSecond: engines.workgroupsPerSecond }) });
    asking.more();
  };

  const take = (assignments: readonly Assignment[]): void => {
    asking.answered();
    view.learn({ idle: null });
    // What was on its way when the user paused goes straight back.
    if (!rules.decision.mayAsk || !view.facts.isOn) return giveBack(assignments);
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
        toldKinds = follower.kinds;
        const { form } = options;
        const capabilities = { engines: pool.capabilities, threads: view.settings.cpu.threads, ...(form ? { form } : {}) };
        send({ type: 'hello', v: PROTOCOL_VERSION, build: options.build, capabilities });
        stopWelcomeAlarm = clock.after(WELCOME_BUDGET_MS, () => next.close('The coordinator did not answer the greeting.'));
      },
      message(bytes) {
        rules.countBytes(bytes.length);
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

  /** Only with an engine to offer, and while the day's data is not used up. */
  const connect = (): void => {
    const isWanted = (): boolean =>
      hasBegun && view.facts.isOn && view.facts.fault === null && pool.capabilities.length > 0 && rules.decision.rule?.name !== 'data-cap';
    if (isWanted()) void closing.then(() => isWanted() && connection.start());
  };

  const disconnect = (): void => {
    channel = null;
    isWelcome = false;
    stopWelcomeAlarm();
    asking.forget();
    outbox.connect(null);
    view.show({ transport: null });
  };

  const leave = async (): Promise<void> => {
    closing = connection.stop();
    await closing;
    disconnect();
  };

  const halt = (fault: FaultBody): void => {
    giveBack(workbench.release());
    void leave();
    disconnect();
    view.learn({ fault, step: null });
  };

  const applyLoad = (): void => {
    workbench.setLanes(engines.apply());
    view.touch();
  };

  const seeEngines = (): void => {
    follower.see(hasBegun);
    applyLoad();
    rules.learn({ isGpuMissing: follower.isGpuMissing });
    if (!hasBegun) return;
    // The coordinator must not go on handing out what only the engines before could run.
    if (channel && follower.kinds !== '' && follower.kinds !== toldKinds)
      channel.close('The engines changed; the coordinator is told anew.');
    connect();
    asking.more();
  };

  const openEngines = (): Promise<void> => pool.open({ gpu: view.settings.gpu.isOn, cpu: view.settings.cpu.isOn });

  const begin = async (isRead: Promise<void>): Promise<void> => {
    pool.onChange = seeEngines;
    await openEngines();
    seeEngines();
    await isRead;
    if (!hasLoaded) await outbox.load().catch(() => 0);
    hasLoaded = true;
    const { cpu } = pool.missing;
    if (pool.capabilities.length === 0 && cpu?.reason === 'did-not-start') {
      return halt({ code: 'internal', sentence: `No engine could be started here: ${cpu.why}` });
    }
    hasBegun = true;
    connect();
  };

  /** Who rests hands back what is in hand; who goes on asks anew. */
  const obeyRules = (): void => {
    const { rule, mayCompute: mayNow } = rules.decision;
    const mayThen = mayCompute;
    mayCompute = mayNow;
    view.learn({ rule });
    if (mayThen && !mayNow) giveBack(workbench.release());
    if (rule?.name === 'data-cap') void leave();
    if (rule?.name === 'finishing') giveBack(workbench.releaseWaiting());
    if (rule === null) {
      view.learn({ idle: null });
      connect();
      asking.more();
    }
    stopWhenFinished();
  };

  const stopWhenFinished = (): void => {
    if (rules.isFinishing && workbench.inHand === 0) void stop();
  };

  const stop = async (): Promise<void> => {
    if (!view.facts.isOn) return view.learn({ fault: null });
    giveBack(workbench.release());
    view.learn({ isOn: false });
    const isKept = rules.end();
    if (isWelcome) await outbox.settled(STOP_BUDGET_MS);
    await isKept;
    if (view.facts.isOn) return;
    await leave();
    view.learn({ step: null, idle: null, fault: null });
  };

  return {
    snapshot: view.snapshot,
    start(isFresh = true) {
      if (view.facts.isOn && view.facts.fault === null) return;
      view.learn({ isOn: true, fault: null, step: 'engine', connection: { kind: 'opening' }, idle: null });
      const isRead = rules.begin(isFresh);
      beginning = beginning.then(() => begin(isRead));
    },
    stop,
    pause: (untilMs = null) => (view.facts.isOn ? rules.pause(untilMs) : Promise.resolve()),
    resume: () => rules.resume(),
    finishAndStop() {
      if (view.facts.isOn) rules.finish();
    },
    setSettings(change) {
      view.show({ settings: capSettings(adjustSettings(view.settings, change), maxShare) });
      applyLoad();
      rules.look();
      if (isWelcome && likes.tell(view.settings.likes)) view.learn({ idle: null });
      if (hasBegun && view.facts.isOn) void openEngines();
      asking.more();
    },
    learn: (facts) => rules.learn(facts),
    setSurroundings(surroundings) {
      engines.setSurroundings(surroundings);
      applyLoad();
    },
    wake() {
      rules.look();
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
