// Is the coordinator well? Each check has a name and one sentence; a check that hangs counts as failed.

export interface Check {
  readonly name: string;
  /** What is well, or throws what is not. */
  run(): Promise<string> | string;
}

export interface Health {
  readonly status: 'ok' | 'degraded' | 'draining';
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

const TIMEOUT_MS = 2_000;

export async function readHealth(options: HealthOptions): Promise<Health> {
  const { checks, build, startedAtMs, nowMs, isDraining, timeoutMs = TIMEOUT_MS } = options;
  const results = await Promise.all(checks.map((check) => runCheck(check, timeoutMs)));
  const isWell = results.every((result) => result.ok);
  return { status: isDraining() ? 'draining' : isWell ? 'ok' : 'degraded', checks: results, build, upMs: nowMs() - startedAtMs };
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
