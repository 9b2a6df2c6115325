// How many devices came over WebRTC and how many over WebSocket.
import { createEffect, type JSX, Show } from 'solid-js';
import type { NetworkNow } from '../../../protocol/api-network.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function WireShare(props: { readonly wires: NetworkNow['transports'] }): JSX.Element {
  const words = useWords(WORDS);
  const all = () => props.wires.rtc + props.wires.websocket;
  return (
    <section class="card stack" aria-labelledby="wires">
      <h2 id="wires">{words().wires.heading}</h2>
      <Show when={all() > 0} fallback={<p class="muted">{words().wires.none}</p>}>
        <Bar
          share={props.wires.rtc / all()}
          label={words().wires.label(formatCount(props.wires.rtc), formatCount(props.wires.websocket))}
        />
        <dl class="facts small">
          <dt data-tone="clay">{words().wires.rtc}</dt>
          <dd class="number">{formatCount(props.wires.rtc)}</dd>
          <dt data-tone="muted">{words().wires.websocket}</dt>
          <dd class="number">{formatCount(props.wires.websocket)}</dd>
        </dl>
      </Show>
    </section>
  );
}

function Bar(props: { readonly share: number; readonly label: string }): JSX.Element {
  let bar!: HTMLDivElement;
  createEffect(() => bar.style.setProperty('--share', String(props.share)));
  return (
    <div class="wire-bar" role="img" aria-label={props.label} ref={bar}>
      <span />
    </div>
  );
}
