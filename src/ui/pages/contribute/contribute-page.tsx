// Contribute: one switch, and what comes of it.
import { A } from '@solidjs/router';
import { createEffect, createMemo, createSignal, type JSX, lazy, on, Show, Suspense } from 'solid-js';
import '../../styles/power.css';
import { createTitle } from '../../parts/create-title.ts';
import { Icon } from '../../parts/icons.tsx';
import { useApp } from '../../state/app-context.ts';
import { isContributing } from '../../state/create-contributor-controls.ts';
import { useWords } from '../../state/words.ts';
import { createShowcase } from './create-showcase.ts';
import { NoPicture } from './no-picture.tsx';
import { pickShownJob, type ShownJob } from './pick-shown-job.ts';
import { PowerCard } from './power-card.tsx';
import { RulesDisclosure } from './rules-disclosure.tsx';
import { SherdSwitch } from './sherd-switch.tsx';
import { WhyLine } from './why-line.tsx';
import { WORDS } from './words.ts';

/** Its code is asked for beside the jobs that it will show. */
const LivePicture = lazy(() => loadPicture());
const HistorySection = lazy(() => import('./history-section.tsx').then((room) => ({ default: room.HistorySection })));
// What is seen only once this device has begun is no part of the first page.
const RunControls = lazy(() => import('./run-controls.tsx').then((room) => ({ default: room.RunControls })));
const Earnings = lazy(() => import('./earnings.tsx').then((room) => ({ default: room.Earnings })));
const Milestone = lazy(() => import('./milestone.tsx').then((room) => ({ default: room.Milestone })));
const OfferCard = lazy(() => import('./offer-card.tsx').then((room) => ({ default: room.OfferCard })));
const ActivityFeed = lazy(() => import('./activity-feed.tsx').then((room) => ({ default: room.ActivityFeed })));
const DeviceCard = lazy(() => import('./device-card.tsx').then((room) => ({ default: room.DeviceCard })));

function loadPicture() {
  return import('./live-picture.tsx').then((room) => ({ default: room.LivePicture }));
}

export function ContributePage(): JSX.Element {
  const { contributor, network, session } = useApp();
  const words = useWords(WORDS);
  createTitle(
    () => words().title,
    () => words().description,
  );
  const showcase = createShowcase();
  createEffect(() => {
    // What fails here fails again where it is drawn, and is told there.
    if (network.reach() === 'ok') loadPicture().catch(() => undefined);
  });
  const [shown, setShown] = createSignal<ShownJob | null>(null);
  createEffect(
    on(contributor.snapshot, ({ latestOutput, current, state }) => {
      const working = current.map((shard) => shard.job);
      if (latestOutput && state.kind === 'other-tab') working.push(latestOutput.job);
      setShown((before) => pickShownJob(before, working, Date.now()));
    }),
  );
  const job = createMemo(() => shown()?.job ?? showcase.job());
  const hasBegun = createMemo(() => isContributing(contributor.snapshot()) || contributor.snapshot().recent.length > 0);
  return (
    <div class="contribute">
      <section class="controls" aria-label={words().controls}>
        <div class="intro">
          <h1>{words().headline}</h1>
          <p class="lead">{words().lead}</p>
        </div>
        <SherdSwitch />
        <WhyLine />
        <Show when={hasBegun()}>
          <Suspense>
            <RunControls />
          </Suspense>
        </Show>
      </section>
      <section class="stage" aria-label={words().stage}>
        <Show when={hasBegun()}>
          <Suspense>
            <Earnings />
            <Milestone />
          </Suspense>
        </Show>
        <Show
          when={job()}
          keyed
          fallback={<NoPicture isLoading={showcase.isLoading()} fault={showcase.fault()} onRetry={showcase.retry} />}
        >
          {(id) => (
            <Suspense fallback={<NoPicture isLoading={true} fault={null} onRetry={showcase.retry} />}>
              <LivePicture id={id} isMine={shown() !== null} />
            </Suspense>
          )}
        </Show>
        <Show when={hasBegun()}>
          <Suspense>
            <OfferCard />
            <ActivityFeed />
          </Suspense>
        </Show>
      </section>
      <section class="settings" aria-label={words().settings}>
        <PowerCard isRunning={hasBegun()} />
        <RulesDisclosure />
        <Show when={hasBegun()} fallback={<Promises />}>
          <Suspense>
            <DeviceCard />
          </Suspense>
        </Show>
        <A href="/settings" class="small">
          {words().moreSettings}
        </A>
      </section>
      <Show when={session.current().kind === 'signed-in'}>
        <Suspense>
          <HistorySection />
        </Suspense>
      </Show>
    </div>
  );
}

function Promises(): JSX.Element {
  const words = useWords(WORDS);
  return (
    <ul class="promises" role="list">
      <li>
        <Icon name="eye" />
        <span>{words().promises.checked}</span>
      </li>
      <li>
        <Icon name="sliders" />
        <span>{words().promises.quiet}</span>
      </li>
      <li>
        <Icon name="hand" />
        <span>{words().promises.stop}</span>
      </li>
    </ul>
  );
}
