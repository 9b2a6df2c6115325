// What a bench has started and must end: in reverse order, once each, also after Ctrl-C and after a failure.

export interface Teardown {
  /** The returned function ends it now; it is ended once, however often that is asked for. */
  add(end: () => Promise<void>): () => Promise<void>;
  /** Everything that still runs, newest first, and whatever is started from now on; one failure keeps nothing else alive. */
  all(): Promise<void>;
}

export function createTeardown(): Teardown {
  const running: (() => Promise<void>)[] = [];
  let isEnding = false;
  const drop = (once: () => Promise<void>): void => {
    const at = running.indexOf(once);
    if (at >= 0) running.splice(at, 1);
  };
  return {
    add(end) {
      let ending: Promise<void> | null = null;
      const once = (): Promise<void> => {
        ending ??= end().finally(() => drop(once));
        return ending;
      };
      running.push(once);
      if (isEnding) once().catch((cause: unknown) => console.error(cause));
      return once;
    },
    async all() {
      isEnding = true;
      for (let last = running.at(-1); last; last = running.at(-1)) await last().catch((cause: unknown) => console.error(cause));
    },
  };
}
