// Results on their way: kept before they are sent, sent in batches, forgotten when the coordinator is done with them.
import type { AssignmentClaim } from '../protocol/assignment.ts';
import type { DeviceId, ShardId } from '../protocol/ids.ts';
import { type ClientMessage, MAX_RESULTS_A_MESSAGE, NO_PAYLOAD, type ResultReceipt } from '../protocol/messages.ts';
import type { Result } from '../protocol/result.ts';
import type { VoteState } from '../protocol/verdict.ts';
import type { Clock } from './clock.ts';
import type { ContributorStore, KeptResult } from './contributor-store.ts';

export type SendMessage = (message: ClientMessage, payload: Uint8Array) => void;
export interface Wish {
  readonly wanted: number;
  readonly workgroupsPerSecond: number;
}
export interface Sender {
  readonly device: DeviceId;
  readonly send: SendMessage;
  /** What is asked for in a message of results; asked once, it counts as said. */
  readonly wish: () => Wish;
}

/** While receipts are missing, finished shards gather this long into one message. */
export const GATHER_MS = 100;
/** Inline bytes of one message, unless a single result has more. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** Bytes kept for votes that are still open; the oldest go first. */
export const MAX_WAITING_BYTES = 256 * 1024 * 1024;
/** Open votes asked about again after a connection was lost, newest first: their news may have been lost with it. */
export const MAX_ASKED_AGAIN = 256;
/** How long a start waits for what an earlier run left: a frozen tab may hold the database. What comes later is taken up all the same. */
export const LOAD_BUDGET_MS = 3_000;
/** A vote open for longer than this has lost its job. */
export const MAX_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** What the coordinator decided about a result of ours. */
export interface SettledResult {
  readonly result: KeptResult;
  readonly vote: VoteState | 'refused';
  readonly sentence: string | null;
}

export interface Outbox {
  /** Reads what an earlier run left; resolves with how many results are kept, after `LOAD_BUDGET_MS` at the latest. */
  load(): Promise<number>;
  /** Keeps the result, then sends it. Resolves when it is kept. */
  add(result: KeptResult): Promise<void>;
  /** Sends what needs no keeping: a failure, a release. */
  report(result: Result): void;
  /** A welcome came: everything without a receipt is sent (again). Null: the connection is gone. */
  connect(sender: Sender | null): void;
  flush(): void;
  receive(receipts: readonly ResultReceipt[]): readonly SettledResult[];
  /** The vote on a shard is over; its results are forgotten. */
  settle(shard: ShardId, vote: VoteState): SettledResult | null;
  sendBytes(claim: AssignmentClaim): Promise<boolean>;
  readonly unsent: number;
  readonly waiting: number;
  /** Calls back when nothing is unsent any more, or after `budgetMs`. */
  settled(budgetMs: number): Promise<void>;
}

export function createOutbox({ store, clock }: { readonly store: ContributorStore; readonly clock: Clock }): Outbox {
  /** Without bytes once they are `waiting`: then the store has them. */
  const kept = new Map<string, KeptResult>();
  const sentKeys = new Set<string>();
  /** Being written: not sent before that is done. */
  const storingKeys = new Set<string>();
  let reports: Result[] = [];
  let sender: Sender | null = null;
  let stopTimer: (() => void) | null = null;
  const idleWaiters: (() => void)[] = [];
  const bytesOf = new Map<string, number>();

  /** Sent once more after a lost connection: their news may have been lost with it. */
  const askedAgainKeys = new Set<string>();

  const isMine = ({ claim }: { readonly claim: AssignmentClaim }): boolean => claim.device === sender?.device;
  const listUnsent = (): readonly KeptResult[] => [...kept.values()].filter(({ phase }) => phase === 'unsent');

  /** `asks`: somebody computed, and work may be asked for in the same message. */
  const flush = (asks: boolean): void => {
    stopTimer?.();
    stopTimer = null;
    if (!sender) return;
    const ready = listUnsent().filter((result) => !sentKeys.has(result.key) && !storingKeys.has(result.key) && isMine(result));
    for (const result of ready) sentKeys.add(result.key);
    const reported = reports.filter(isMine);
    reports = [];
    const wish = asks && ready.length > 0 ? sender.wish() : NO_WISH;
    for (const { message, payload } of makeResultMessages(ready, reported, wish)) sender.send(message, payload);
  };

  const flushSoon = (): void => {
    if (sentKeys.size === 0) return flush(true);
    stopTimer ??= clock.after(GATHER_MS, () => flush(true));
  };

  const find = (shard: ShardId, copy: number): KeptResult | null =>
    [...kept.values()].findLast(({ claim }) => claim.shard === shard && claim.copy === copy) ?? null;

  const forget = (key: string): KeptResult | null => {
    const result = kept.get(key) ?? null;
    kept.delete(key);
    sentKeys.delete(key);
    askedAgainKeys.delete(key);
    bytesOf.delete(key);
    if (result) store.forgetResults([key]).catch(() => undefined);
    if (listUnsent().length === 0) for (const resolve of idleWaiters.splice(0)) resolve();
    return result;
  };

  const setWaiting = (result: KeptResult): void => {
    sentKeys.delete(result.key);
    const waiting: KeptResult = { ...result, phase: 'waiting' };
    // Asked about again: its bytes are in the store only, where it is marked as waiting already.
    if (result.bytes.length > 0) store.keepResult(waiting).catch(() => undefined);
    kept.set(result.key, { ...waiting, bytes: [] });
    if (listUnsent().length === 0) for (const resolve of idleWaiters.splice(0)) resolve();
    forgetOldest();
  };

  const forgetOldest = (): void => {
    let total = [...bytesOf.values()].reduce((sum, bytes) => sum + bytes, 0);
    for (const [key, result] of kept) {
      if (total <= MAX_WAITING_BYTES) return;
      if (result.phase !== 'waiting') continue;
      total -= bytesOf.get(key) ?? 0;
      forget(key);
    }
  };

  /** Sends open votes once more, as they were: the answer says what became of them. */
  const askAgain = async (): Promise<void> => {
    const open = [...kept.values()].filter((result) => result.phase === 'waiting' && isMine(result)).slice(-MAX_ASKED_AGAIN);
    for (const result of open) {
      const stored = result.isInline ? await store.readResult(result.key).catch(() => null) : result;
      if (!stored || kept.get(result.key) !== result) continue;
      askedAgainKeys.add(result.key);
      kept.set(result.key, { ...stored, phase: 'unsent' });
    }
    flush(false);
  };

  const hold = (result: KeptResult): void => {
    kept.set(result.key, result.phase === 'waiting' ? { ...result, bytes: [] } : result);
    bytesOf.set(
      result.key,
      result.bytes.reduce((sum, bytes) => sum + bytes.length, 0),
    );
  };

  const takeUp = async (): Promise<void> => {
    const found = await store.readResults();
    const old = found.filter((result) => clock.nowMs() - result.keptAtMs > MAX_KEPT_MS);
    if (old.length > 0) await store.forgetResults(old.map(({ key }) => key));
    for (const result of found) if (!old.includes(result) && !kept.has(result.key)) hold(result);
    // Late: the connection is open already, and has asked for what was known then.
    if (sender === null) return;
    flush(false);
    await askAgain();
  };

  // A tab that was frozen may have finished a shard between its waking and its end, when this one leads already.
  store.onLeft?.(() => void takeUp().catch(() => undefined));

  return {
    load() {
      return new Promise((resolve, reject) => {
        const stopAlarm = clock.after(LOAD_BUDGET_MS, () => resolve(kept.size));
        takeUp()
          .then(() => resolve(kept.size), reject)
          .finally(stopAlarm);
      });
    },
    async add(result) {
      hold(result);
      storingKeys.add(result.key);
      // Where nothing can be stored (a full disk, a private window) the result is sent all the same.
      await store.keepResult(result).catch(() => undefined);
      storingKeys.delete(result.key);
      flushSoon();
    },
    report(result) {
      reports.push(result);
      flushSoon();
    },
    connect(next) {
      sender = next;
      sentKeys.clear();
      stopTimer?.();
      stopTimer = null;
      if (next === null) return;
      flush(false);
      void askAgain();
    },
    flush: () => flush(false),
    receive(receipts) {
      return receipts.flatMap((receipt) => {
        const found = find(receipt.shard, receipt.copy);
        if (!found) return [];
        const isOldNews = askedAgainKeys.has(found.key);
        const isOpen = receipt.vote === 'waiting' || (receipt.vote === 'agreed' && receipt.verdict !== 'final');
        if (receipt.refusal === null && isOpen) {
          setWaiting(found);
          return [];
        }
        forget(found.key);
        // It was judged while the connection was away: whether it was paid shows in the balance, and "late" would be untrue.
        if (isOldNews && (receipt.refusal !== null || receipt.vote === 'late')) return [];
        return [{ result: found, vote: receipt.refusal ? 'refused' : receipt.vote, sentence: receipt.refusal?.sentence ?? null }];
      });
    },
    settle(shard, vote) {
      const found = [...kept.values()].find(({ claim, phase }) => claim.shard === shard && phase === 'waiting');
      const result = found ?? [...kept.values()].find(({ claim }) => claim.shard === shard);
      if (!result) return null;
      forget(result.key);
      return { result, vote, sentence: null };
    },
    async sendBytes(claim) {
      // Not by key: a coordinator that was restarted asks in its new epoch.
      const held = find(claim.shard, claim.copy);
      const result = held && held.bytes.length === 0 ? await store.readResult(held.key).catch(() => null) : held;
      if (!result || !sender || !isMine(result)) return false;
      const { message, payload } = makeBytesMessage(result);
      sender.send(message, payload);
      return true;
    },
    get unsent() {
      return listUnsent().length;
    },
    get waiting() {
      return kept.size - listUnsent().length;
    },
    settled(budgetMs) {
      if (listUnsent().length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const stopAlarm = clock.after(budgetMs, resolve);
        idleWaiters.push(() => {
          stopAlarm();
          resolve();
        });
      });
    },
  };
}

interface Sending {
  readonly message: ClientMessage;
  readonly payload: Uint8Array;
}

const NO_WISH: Wish = { wanted: 0, workgroupsPerSecond: 0 };

/** As few messages as the limits allow, in order; the last one asks. */
export function makeResultMessages(ready: readonly KeptResult[], reports: readonly Result[], wish: Wish = NO_WISH): readonly Sending[] {
  const messages: Sending[] = [];
  let results: Result[] = [];
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const close = (said: Wish): void => {
    if (results.length > 0) messages.push({ message: { type: 'results', results, ...said }, payload: joinBytes(parts) });
    results = [];
    parts = [];
    bytes = 0;
  };
  for (const kept of ready) {
    const inlineBytes = kept.isInline ? kept.bytes.reduce((sum, part) => sum + part.length, 0) : 0;
    if (results.length >= MAX_RESULTS_A_MESSAGE || (bytes > 0 && bytes + inlineBytes > MAX_BATCH_BYTES)) close(NO_WISH);
    const outputs = kept.outputs.map((output, i) => {
      if (!kept.isInline) return { ...output, payloadOffset: null };
      const part = kept.bytes[i] as Uint8Array;
      const payloadOffset = bytes;
      parts.push(part);
      bytes += part.length;
      return { ...output, payloadOffset };
    });
    const { claim, mac, elapsedMs, engine } = kept;
    results.push({ claim, mac, outcome: { kind: 'done', outputs, elapsedMs, engine } });
  }
  for (const report of reports) {
    if (results.length >= MAX_RESULTS_A_MESSAGE) close(NO_WISH);
    results.push(report);
  }
  close(wish);
  return messages;
}

function makeBytesMessage({ claim, mac, bytes }: KeptResult): Sending {
  return { message: { type: 'bytes', claim, mac, lengths: bytes.map(({ length }) => length) }, payload: joinBytes(bytes) };
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 0) return NO_PAYLOAD;
  if (parts.length === 1) return parts[0] as Uint8Array;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
