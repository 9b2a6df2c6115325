// One round: under load, kill, bring back what does not come back by itself, see work go on, and check every promise made since the last round.
import { join } from 'node:path';
import { RECLAIM_AFTER_CLOSE_MS } from '../../server/coordinator/close-session.ts';
import { isAlive, readPostmaster } from '../../server/storage/embedded/postmaster.ts';
import { judgeLaterReading } from './job-mill.ts';
import { judgeTold } from './judge-told.ts';
import type { PlannedKill } from './make-plan.ts';
import { type LostLease, makeLostLease } from './measure-hand-outs.ts';
import { readFoundJob, readFoundShards } from './read-found.ts';
import { pause, type Scene, takeIn, waitFor } from './scene.ts';

/** Generous: a loaded machine is slow, and only a network that never comes back is a fault. */
const LOADED_WITHIN_MS = 60_000;
const BACK_WITHIN_MS = 60_000;
const MOVING_WITHIN_MS = 60_000;
/** Work was handed out this shortly before a kill. */
const LIVELY_MS = 1_000;
/** After the last lease of the killed ended, so that the next kill does not hide when it was handed out again. */
const WATCH_LEASES_MS = 2_000;

export interface RoundTimes {
  readonly kind: PlannedKill['kind'];
  readonly killedAtMs: number;
  /** From the kill until the coordinator answers a request that reads the database. */
  readonly backMs: number;
  /** From then on until the first shard was handed out; from the kill where only contributors died. */
  readonly handOutMs: number;
  /** From then on until the first receipt: something new is durable. */
  readonly receiptMs: number;
  readonly lostLeases: readonly LostLease[];
  readonly checkedVotes: number;
}

export async function runRound(scene: Scene, kill: PlannedKill, jobsInPlay: number): Promise<RoundTimes> {
  await waitForLoad(scene, jobsInPlay);
  await pause(kill.afterMs);
  if (kill.kind === 'contributors') await waitFor(scene, 'the victims hold shards', LOADED_WITHIN_MS, () => countHeld(scene, kill) > 0);
  const { killedAtMs, postmaster } = await strike(scene, kill);
  takeIn(scene);
  const lostLeases = kill.kind === 'contributors' ? takeLeases(scene, kill, killedAtMs) : [];
  await bringBack(scene, kill, postmaster);
  const backAtMs = kill.kind === 'contributors' ? killedAtMs : Date.now();

  const { handOuts, receiptsAtMs } = scene.told;
  const firstAfter = (times: readonly number[]): number => Math.min(...times.filter((atMs) => atMs >= backAtMs));
  const handOutAt = (): number => firstAfter(handOuts.slice(-2_000).map(({ atMs }) => atMs));
  const receiptAt = (): number => firstAfter(receiptsAtMs.slice(-2_000));
  await waitFor(scene, 'shards are handed out again', MOVING_WITHIN_MS, () => handOutAt() < Number.POSITIVE_INFINITY);
  const handOutMs = handOutAt() - backAtMs;
  await waitFor(scene, 'receipts come again', MOVING_WITHIN_MS, () => receiptAt() < Number.POSITIVE_INFINITY);
  const receiptMs = receiptAt() - backAtMs;

  const checkedVotes = await checkPromises(scene);
  if (lostLeases.length > 0) await pause(Math.max(...lostLeases.map(({ endsAtMs }) => endsAtMs)) + WATCH_LEASES_MS - Date.now());
  takeIn(scene);
  return { kind: kill.kind, killedAtMs, backMs: backAtMs - killedAtMs, handOutMs, receiptMs, lostLeases, checkedVotes };
}

/** Most contributors are connected, jobs run, and shards are being handed out. */
function waitForLoad(scene: Scene, jobsInPlay: number): Promise<void> {
  const { network, told, mill } = scene;
  return waitFor(scene, 'the network is under load', LOADED_WITHIN_MS, () => {
    const connected = network.contributors.filter((name) => told.isConnected(name)).length;
    const last = told.handOuts.at(-1)?.atMs ?? 0;
    return connected >= (network.contributors.length * 3) / 4 && mill.running() >= jobsInPlay - 1 && Date.now() - last < LIVELY_MS;
  });
}

function victimsOf({ network }: Scene, { victims }: PlannedKill): readonly string[] {
  return victims.flatMap((at) => network.contributorsOf(at));
}

function countHeld(scene: Scene, kill: PlannedKill): number {
  return victimsOf(scene, kill).reduce((sum, name) => sum + scene.told.heldBy(name).length, 0);
}

interface Strike {
  readonly killedAtMs: number;
  /** The one that lived until now. */
  readonly postmaster: number | null;
}

async function strike({ network }: Scene, kill: PlannedKill): Promise<Strike> {
  const postmaster = (await readPostmaster(join(network.dataDir, 'postgres')))?.pid ?? null;
  const killedAtMs = Date.now();
  switch (kill.kind) {
    case 'coordinator':
      await network.killCoordinator();
      break;
    case 'postgres':
      await network.killPostgres(kill.hitsChildren);
      break;
    case 'both':
      await Promise.all([network.killCoordinator(), network.killPostgres(kill.hitsChildren)]);
      break;
    case 'contributors':
      await network.killContributors(kill.victims);
      break;
  }
  return { killedAtMs, postmaster };
}

/** What the killed held; some of it is computed already and comes back with them. */
function takeLeases(scene: Scene, kill: PlannedKill, killedAtMs: number): readonly LostLease[] {
  const { told } = scene;
  return victimsOf(scene, kill).flatMap((contributor) => {
    const held = told.heldBy(contributor);
    told.forgetHeld(contributor);
    return held.flatMap((copy) => {
      const job = told.places.get(copy.shard)?.job;
      return job === undefined ? [] : [makeLostLease(copy, { contributor, job, killedAtMs, patienceMs: RECLAIM_AFTER_CLOSE_MS })];
    });
  });
}

async function bringBack(scene: Scene, kill: PlannedKill, postmaster: number | null): Promise<void> {
  const { network, client } = scene;
  switch (kill.kind) {
    case 'contributors':
      return network.startContributors(kill.victims);
    case 'coordinator':
    case 'both':
      await network.startCoordinator();
      // what the contributors hold is theirs still; only the connection is new
      break;
    case 'postgres':
      await waitFor(scene, 'the coordinator starts its database again by itself', BACK_WITHIN_MS, async () => {
        const found = await readPostmaster(join(network.dataDir, 'postgres'));
        return found !== null && found.pid !== postmaster && isAlive(found.pid);
      });
      break;
  }
  await waitFor(scene, 'the coordinator answers again', BACK_WITHIN_MS, async () => {
    const answer = await client.send('/api/network').catch(() => null);
    await answer?.arrayBuffer();
    return answer !== null;
  });
}

/** Everything that was told since the last time, as the coordinator shows it now. Returns how many votes were looked up. */
export async function checkPromises(scene: Scene): Promise<number> {
  takeIn(scene);
  const { client, told, mill, violations } = scene;
  const fresh = told.takeFresh();
  // copies: while it is being read, more is told
  const before = fresh.map((vote) => ({ ...vote }));
  violations.push(...judgeTold(before, await readFoundShards(client, before, told.places)));
  for (const job of [...mill.jobs.values()].filter(({ view }) => view.state === 'running')) {
    const was = job.view;
    const found = await readFoundJob(client, job.id);
    if (!found) violations.push({ kind: 'lost', sentence: `Job ${job.id} was accepted; the coordinator knows no such job.` });
    else {
      violations.push(...judgeLaterReading(was, found));
      mill.tell(found);
    }
  }
  return before.length;
}
