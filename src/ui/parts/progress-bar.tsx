// A bar for a share of shards, with its number for those who cannot see it.
import { createEffect, type JSX } from 'solid-js';

export function ProgressBar(props: { readonly share: number; readonly label: string; readonly isDone?: boolean }): JSX.Element {
  let fill!: HTMLSpanElement;
  createEffect(() => fill.style.setProperty('--share', String(props.share)));
  return (
    <div
      class="progress"
      classList={{ 'is-done': props.isDone ?? false }}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow={Math.floor(props.share * 100)}
    >
      <span ref={fill} />
    </div>
  );
}
