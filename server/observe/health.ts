// Is the coordinator well? Each check has a name and one sentence; a check that hangs counts as failed, and many askers share one reading.

export interface Check {
  readonly name: string;
  /** While it fails nothing new may be sent here: the coordinator is not ready. Another failure only degrades it. */
  readonly isVital: boolean;
  /** What is well, or throws a sentence for everyone to read: no address, no name of a user. */
  run(): Promise<string> | string;
}

export interface Health {
  readonly status: 'ok' | 'degraded' | 'not-ready' | 'draining';
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly sentence: string }[];
  readonly build: string;
  readonly upMs: number;
}

export interface HealthOptions {
  readonly checks: readonly Check[];
  readonly build: string;
  readonly startedAtMs: number;
  readonly nowMs: () => number;
  readonly isDraining: () => boolean;
  /** A probe waits no longer than this. */
  readonly timeoutMs?: number;
}

export const TIMEOUT_MS = 2_000;
/** A reading this young is told again: however many ask, the database is asked once a second. */
export const READING_MS = 1_000;

export async function readHealth(options: HealthOptions): Promise<Health> {
  const { checks, build, startedAtMs, nowMs, isDraining, timeoutMs = TIMEOUT_MS } = options;
  const results = await Promise.all(checks.map((check) => runCheck(check, timeoutMs)));
  const failed = checks.filter((_, at) => !results[at]!.ok);
  const status = failed.some((check) => check.isVital) ? 'not-ready' : failed.length > 0 ? 'degraded' : 'ok';
  return { status: isDraining() ? 'draining' : status, checks: results, build, upMs: nowMs() - startedAtMs };
}

/** `readHealth` at most once in `READING_MS`; that it drains is told at once. */
export function createHealthReader(options: HealthOptions): () => Promise<Health> {
  let reading: Promise<Health> | null = null;
  let endedAtMs: number | null = null;
  return async () => {
    if (reading === null || (endedAtMs !== null && options.nowMs() - endedAtMs >= READING_MS)) {
      endedAtMs = null;
      reading = readHealth(options).finally(() => {
        endedAtMs = options.nowMs();
      });
    }
    const health = await reading;
    return options.isDraining() ? { ...health, status: 'draining' } : health;
  };
}

async function runCheck(check: Check, timeoutMs: number): Promise<Health['checks'][number]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return { name: check.name, ok: true, sentence: await Promise.race([Promise.resolve().then(() => check.run()), late]) };
  } catch (error) {
    return { name: check.name, ok: false, sentence: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
