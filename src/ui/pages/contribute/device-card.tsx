// Which engine this device uses and why, how it reaches the coordinator, how fast it is.
import { type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { formatCount } from '../../state/format.ts';

const TRANSPORTS = {
  rtc: { label: 'WebRTC', why: 'Straight to the coordinator.' },
  ws: { label: 'WebSocket', why: 'The direct connection did not open; same work, other road.' },
} as const;

export function DeviceCard(): JSX.Element {
  const { contributor } = useApp();
  const snapshot = contributor.snapshot;
  return (
    <dl class="card facts small">
      <Show when={snapshot().engine}>
        {(engine) => (
          <>
            <dt>Engine</dt>
            <dd>
              <span class="badge" data-tone={engine().kind === 'gpu' && !engine().isFallback ? 'on' : 'live'}>
                {engine().kind === 'gpu' ? (engine().isFallback ? 'Software GPU' : 'GPU') : 'CPU'}
              </span>{' '}
              {engine().label}
              <div class="muted">{engine().why}</div>
            </dd>
          </>
        )}
      </Show>
      <dt>Connection</dt>
      <dd>
        <Show when={snapshot().transport} fallback={<span class="muted">not open</span>}>
          {(transport) => (
            <>
              {TRANSPORTS[transport()].label}
              <div class="muted">{TRANSPORTS[transport()].why}</div>
            </>
          )}
        </Show>
      </dd>
      <dt>Speed</dt>
      <dd class="number">
        <Show when={snapshot().speedWorkgroupsPerSecond > 0} fallback={<span class="muted">not measured yet</span>}>
          {formatCount(Math.round(snapshot().speedWorkgroupsPerSecond))} workgroups/s
        </Show>
      </dd>
      <dt>In use</dt>
      <dd class="number">{Math.round(snapshot().dutyPercent)} %</dd>
    </dl>
  );
}
