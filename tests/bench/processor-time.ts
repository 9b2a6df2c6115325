// CPU seconds of other processes, from /proc: a rate on two cores says little without who spent them.
import { readdirSync, readFileSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

interface ProcessLine {
  readonly parent: number;
  /** Its own. */
  readonly seconds: number;
  /** Of its children that ended and were waited for. */
  readonly childSeconds: number;
}

/** Null when the process is gone, or where there is no /proc. */
function readProcess(pid: number): ProcessLine | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name, in brackets, may hold anything
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    return { parent, seconds: (user + system) / TICKS_A_SECOND, childSeconds: (childUser + childSystem) / TICKS_A_SECOND };
  } catch {
    return null;
  }
}

/** A process with its threads, without its children; 0 where it cannot be read. */
export function readCpuSeconds(pid: number): number {
  return readProcess(pid)?.seconds ?? 0;
}

/** A PostgreSQL server: the postmaster, its living backends, and those that have ended. */
export function readServerCpuSeconds(postmaster: number): number {
  const server = readProcess(postmaster);
  if (!server) return 0;
  const backends = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((line) => line?.parent === postmaster);
  return backends.reduce((sum, line) => sum + (line?.seconds ?? 0), server.seconds + server.childSeconds);
}

/** Resident bytes of a process; 0 where it cannot be read. */
export function readResidentBytes(pid: number): number {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
