// npm run simulate: whole networks from seeds, in as many processes as there are cores; a broken invariant is printed with the smallest world that breaks it.
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { explainViolation } from './simulation/explain-violation.ts';
import { makePlan } from './simulation/make-plan.ts';
import { parseSimulateOptions, type SimulateOptions } from './simulation/parse-simulate-options.ts';
import type { SeedAnswer, SeedOrder } from './simulation/seed-process.ts';
import { runWorld } from './simulation/world.ts';

const PROGRESS_EVERY = 500;
/** After so many broken seeds the rest is not worth the wait. */
const MAX_BROKEN = 5;

interface Tally {
  done: number;
  finals: number;
  virtualMs: number;
  readonly jobs: Record<string, number>;
  readonly broken: number[];
}

async function simulateOne(seed: number, { minutes, isTraced }: SimulateOptions): Promise<boolean> {
  const plan = makePlan(seed, minutes === null ? {} : { minutes });
  const { lines, violation, ...report } = await runWorld(plan, { isTraced });
  for (const line of lines) console.log(line);
  console.log(
    `Seed ${seed}: ${plan.contributors.length} contributors, ${plan.jobs.length} requests, ${plan.faults.length} faults; ` +
      `${report.finals} shards final, ${report.told.receipts} receipts, jobs ${JSON.stringify(report.jobs)}, ${Math.round(report.ranMs / 1_000)} virtual seconds.`,
  );
  console.log(violation ? await explainViolation(plan, violation) : 'Every invariant held.');
  return violation === null;
}

async function simulateMany(options: SimulateOptions): Promise<boolean> {
  const tally: Tally = { done: 0, finals: 0, virtualMs: 0, jobs: {}, broken: [] };
  const startMs = performance.now();
  let next = options.from;
  const end = options.from + options.seeds;
  const takeSeed = (): number | null => (next < end && tally.broken.length < MAX_BROKEN ? next++ : null);
  await Promise.all(Array.from({ length: Math.min(options.processes, options.seeds) }, () => work(takeSeed, options, tally)));
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(
    `${tally.done} seeds from ${options.from} in ${seconds.toFixed(1)} s (${(tally.done / seconds).toFixed(1)} a second): ` +
      `${Math.round(tally.virtualMs / 60_000)} virtual minutes, ${tally.finals} shards final, jobs ${JSON.stringify(tally.jobs)}.`,
  );
  console.log(tally.broken.length === 0 ? 'Every invariant held.' : `Broken: seeds ${tally.broken.join(', ')}.`);
  return tally.broken.length === 0;
}

/** One process, fed seed by seed until there are none. */
function work(takeSeed: () => number | null, { minutes }: SimulateOptions, tally: Tally): Promise<void> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'simulation/seed-process.ts'), { execArgv: ['--import', 'tsx'] });
  return new Promise((resolve, reject) => {
    let current: number | null = null;
    const feed = (): void => {
      current = takeSeed();
      if (current === null) {
        child.disconnect();
        resolve();
      } else child.send({ seed: current, minutes } satisfies SeedOrder);
    };
    child.on('message', (answer: SeedAnswer) => {
      note(tally, answer);
      feed();
    });
    child.once('exit', (code) => {
      if (current !== null)
        reject(new Error(`The process of seed ${current} ended with ${code ?? 'a signal'}; run it alone with --seed ${current}.`));
    });
    feed();
  });
}

function note(tally: Tally, { seed, invariant, explanation, finals, ranMs, jobs }: SeedAnswer): void {
  tally.done++;
  tally.finals += finals;
  tally.virtualMs += ranMs;
  for (const [state, count] of Object.entries(jobs)) tally.jobs[state] = (tally.jobs[state] ?? 0) + count;
  if (invariant !== null) {
    tally.broken.push(seed);
    console.log(`\n${explanation}\n`);
  }
  if (tally.done % PROGRESS_EVERY === 0) console.log(`${tally.done} seeds, ${tally.broken.length} broken`);
}

try {
  const options = parseSimulateOptions(process.argv.slice(2), availableParallelism());
  const isClean = options.seed === null ? await simulateMany(options) : await simulateOne(options.seed, options);
  process.exitCode = isClean ? 0 : 1;
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exitCode = 2;
}
