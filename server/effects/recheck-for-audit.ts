// Computes one leaf of a shard again with bounded fuel: the referee of audits. Runs in the child process.
import { CompileError } from '../../src/compiler/diagnostics.ts';
import { EngineError } from '../../src/engine/backend.ts';
import { recheckLeaf } from '../../src/engine/cpu/recheck-leaf.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { RecheckedLeaf, RecheckRequest } from './program-report.ts';
import { SAMPLE_FUEL } from './sample-program.ts';

/** Throws `program-runs-away`, and `bad-program` when the program has no form for a CPU, has no such leaf, or breaks off. */
export function recheckForAudit({ program, inputs, shard, leaf }: RecheckRequest): RecheckedLeaf {
  try {
    const outcome = recheckLeaf(program, inputs, shard, leaf, { fuel: SAMPLE_FUEL });
    if (outcome.kind === 'done') return { bytes: outcome.bytes, hash: outcome.hash };
  } catch (cause) {
    if (!(cause instanceof CompileError || cause instanceof EngineError)) throw cause;
    throw new Fault('bad-program', `The leaf cannot be computed here: ${cause.message}`, { cause });
  }
  throw new Fault('program-runs-away', `The leaf did not end within ${SAMPLE_FUEL} loop turns.`);
}
