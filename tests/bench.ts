// `npm run bench`: how fast the network dispatches, verifies and pays, beside two queues of others in the same run; the last line is one JSON object.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine, type Machine } from './bench/describe-machine.ts';
import { type BenchOptions, parseBenchOptions } from './bench/options.ts';
import { spreadOf } from './bench/print-table.ts';
import { runBench } from './bench/run-bench.ts';
import type { RunPlace } from './bench/run-dispatch.ts';
import { DISPATCH_SUITES, runDispatchSuites } from './bench/suites/dispatch.ts';
import { type InnerName, runInner } from './bench/suites/inner.ts';
import { runJobAccept } from './bench/suites/job-accept.ts';
import { LIVE_SIZE, runLive } from './bench/suites/live.ts';
import { runProcesses } from './bench/suites/processes.ts';
import { judgeTargets } from './bench/targets.ts';

/** Kept after the run. */
const PROFILES = join(tmpdir(), 'ostraka-bench-profiles');

async function bench(options: BenchOptions, place: RunPlace): Promise<boolean> {
  const startedAtMs = performance.now();
  const machine = describeMachine(place.scratchDir);
  printMachine(machine);
  const isAsked = (name: BenchOptions['only'][number]): boolean => options.only.includes(name);
  const failures: string[] = [];
  const attempt = async <Report>(run: () => Promise<Report>): Promise<Report | null> => {
    try {
      return await run();
    } catch (cause) {
      failures.push(cause instanceof Error ? cause.message : String(cause));
      return null;
    }
  };
  const inner: readonly InnerName[] = ['storage', 'core'];
  for (const name of inner.filter(isAsked)) await attempt(() => runInner(name, place.teardown));
  const { rates, failures: missed } = await runDispatchSuites(DISPATCH_SUITES.filter(isAsked), options, place);
  failures.push(...missed);
  const accepted = isAsked('jobAccept') ? await attempt(() => runJobAccept(place)) : null;
  const live = isAsked('live') ? await attempt(() => runLive(LIVE_SIZE, place)) : null;
  const processes = isAsked('processes') ? await attempt(() => runProcesses(options.contributors, place)) : null;

  for (const sentence of judgeTargets({ rates, accepted: accepted ?? [], live })) console.log(sentence);
  for (const sentence of failures) console.log(`failed   ${sentence}`);
  if (place.profileDir) console.log(`CPU profiles lie in ${place.profileDir}; of each process the largest is its main thread.`);
  console.log(`\nAll of this took ${Math.round((performance.now() - startedAtMs) / 1_000)} s.`);
  console.log(JSON.stringify({ dispatch: mediansOf(rates), jobAccept: accepted, live, processes, machine }));
  return failures.length === 0;
}

function printMachine({ cores, model, memoryGiB, node, loadBefore, fsyncMs }: Machine): void {
  console.log(`${cores} cores of ${model}, ${memoryGiB} GiB, Node ${node}; load before ${loadBefore}, an fsync takes ${fsyncMs} ms.\n`);
}

/** Null for a suite of which no run succeeded. */
function mediansOf(rates: Readonly<Record<string, readonly (number | null)[]>>): Readonly<Record<string, number | null>> {
  const entries = Object.entries(rates).map(([name, values]) => {
    const known = values.filter((rate) => rate !== null);
    return [name, known.length === 0 ? null : Math.round(spreadOf(known).median)] as const;
  });
  return Object.fromEntries(entries);
}

await runBench(
  parseBenchOptions,
  (options) => options.scratchDir,
  (options, place) => bench(options, { ...place, profileDir: options.isProfiled ? PROFILES : null, shards: options.shards }),
);
