// Contribute: one switch, and what comes of it.
import { createEffect, createMemo, createSignal, type JSX, on, Show } from 'solid-js';
import { createTitle } from '../../parts/create-title.ts';
import { Icon } from '../../parts/icons.tsx';
import { useApp } from '../../state/app-context.ts';
import { isContributing } from '../../state/create-contributor-controls.ts';
import { ActivityFeed } from './activity-feed.tsx';
import { createShowcase } from './create-showcase.ts';
import { DeviceCard } from './device-card.tsx';
import { Earnings } from './earnings.tsx';
import { InstallOffer } from './install-offer.tsx';
import { LivePicture, NoPicture } from './live-picture.tsx';
import { LoadSlider } from './load-slider.tsx';
import { pickShownJob, type ShownJob } from './pick-shown-job.ts';
import { SherdSwitch } from './sherd-switch.tsx';
import { WhyLine } from './why-line.tsx';

export function ContributePage(): JSX.Element {
  const { contributor } = useApp();
  createTitle(() => 'Contribute');
  const showcase = createShowcase();
  const [shown, setShown] = createSignal<ShownJob | null>(null);
  createEffect(
    on(contributor.snapshot, ({ latestOutput, current, state }) => {
      const working = current.map((shard) => shard.job);
      if (latestOutput && state.kind === 'other-tab') working.push(latestOutput.job);
      setShown((before) => pickShownJob(before, working, Date.now()));
    }),
  );
  const job = createMemo(() => shown()?.job ?? showcase.job());
  const hasBegun = () => isContributing(contributor.snapshot()) || contributor.snapshot().recent.length > 0;
  return (
    <div class="contribute">
      <section class="controls" aria-label="Controls">
        <div class="intro">
          <h1>Lend this browser to someone’s question</h1>
          <p class="lead">
            It computes small shards of other people’s jobs. Every answer is checked against other devices, and verified work earns credit.
          </p>
        </div>
        <SherdSwitch />
        <WhyLine />
      </section>
      <section class="stage" aria-label="What is computed">
        <Show when={hasBegun()}>
          <Earnings />
        </Show>
        <Show
          when={job()}
          keyed
          fallback={<NoPicture isLoading={showcase.isLoading()} fault={showcase.fault()} onRetry={showcase.retry} />}
        >
          {(id) => <LivePicture id={id} isMine={shown() !== null} />}
        </Show>
        <InstallOffer />
        <Show when={hasBegun()}>
          <ActivityFeed />
        </Show>
      </section>
      <section class="settings" aria-label="Settings of this device">
        <LoadSlider />
        <Show when={hasBegun()} fallback={<Promises />}>
          <DeviceCard />
        </Show>
      </section>
    </div>
  );
}

function Promises(): JSX.Element {
  return (
    <ul class="promises" role="list">
      <li>
        <Icon name="eye" />
        <span>Runs only programs checked beforehand, inside the browser’s own sandbox.</span>
      </li>
      <li>
        <Icon name="sliders" />
        <span>Uses the share of this device that you set, and never more.</span>
      </li>
      <li>
        <Icon name="hand" />
        <span>Stops the moment you say so. No sign-up and no wallet needed.</span>
      </li>
    </ul>
  );
}
