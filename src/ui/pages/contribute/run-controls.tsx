// What one may say to a device that computes, besides Stop: rest for a while, or come to an end.
import { createUniqueId, For, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { isContributing, isPaused } from '../../state/create-contributor-controls.ts';
import { readWords } from '../../state/words.ts';
import { AbsenceNotice } from './absence-notice.tsx';
import { RUN_WORDS } from './run-words.ts';

const PAUSES = [
  { name: 'quarter', forMs: 15 * 60_000 },
  { name: 'hour', forMs: 60 * 60_000 },
  { name: 'untilISay', forMs: null },
] as const;

export function RunControls(): JSX.Element {
  return (
    <>
      <AbsenceNotice />
      <RunActions />
    </>
  );
}

function RunActions(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(RUN_WORDS);
  const hint = createUniqueId();
  const snapshot = contributor.snapshot;
  const isRunning = () => isContributing(snapshot()) && snapshot().state.kind !== 'starting';
  return (
    <Show when={isRunning() && snapshot().rule?.name !== 'finishing'}>
      <div class="run">
        <Show when={!isPaused(snapshot())}>
          <fieldset class="segments">
            <legend>{words().run.pause}</legend>
            <For each={PAUSES}>
              {({ name, forMs }) => (
                <button
                  type="button"
                  aria-label={words().run.pauseFor(words().run[name])}
                  onClick={() => void contributor.pause(forMs === null ? null : Date.now() + forMs)}
                >
                  {words().run[name]}
                </button>
              )}
            </For>
          </fieldset>
        </Show>
        <button
          type="button"
          class="button is-small is-quiet"
          aria-describedby={hint}
          title={words().run.finishHint}
          onClick={() => void contributor.finishAndStop()}
        >
          {words().run.finish}
        </button>
        <span class="sr" id={hint}>
          {words().run.finishHint}
        </span>
      </div>
    </Show>
  );
}
