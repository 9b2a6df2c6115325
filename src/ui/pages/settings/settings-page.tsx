// Settings: all that a person may decide here, in one place, each section by its anchor.
import { For, type JSX, lazy, onMount, Suspense } from 'solid-js';
import '../../styles/power.css';
import '../../styles/settings.css';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Loading } from '../../parts/page-state.tsx';
import { PowerPanel } from '../../parts/power/power-panel.tsx';
import { RulesPanel } from '../../parts/power/rules-panel.tsx';
import { useWords } from '../../state/words.ts';
import { AliveSection } from './alive-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { BackupSection } from './backup-section.tsx';
import { DeleteSection } from './delete-section.tsx';
import { EnergySection } from './energy-section.tsx';
import { LikesSection } from './likes-section.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { StorageSection } from './storage-section.tsx';
import { WORDS } from './words.ts';

const DiagnosticsSection = lazy(() => import('./diagnostics-section.tsx').then((room) => ({ default: room.DiagnosticsSection })));

const SECTIONS = [
  'power',
  'rules',
  'likes',
  'backup',
  'privacy',
  'appearance',
  'energy',
  'storage',
  'alive',
  'diagnostics',
  'delete',
] as const;

export function SettingsPage(): JSX.Element {
  const words = useWords(WORDS);
  createTitle(
    () => words().title,
    () => words().description,
  );
  // The router changes pages without looking at what comes behind the #.
  onMount(() => {
    if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  });
  return (
    <>
      <PageHead title={words().title} lead={words().lead} />
      <div class="settings-page">
        <nav class="contents" aria-label={words().contents}>
          <ul role="list">
            <For each={SECTIONS}>
              {(name) => (
                <li>
                  {/* External to the router, which would take it for a change of page. */}
                  <a href={`#${name}`} rel="external">
                    {words().sections[name]}
                  </a>
                </li>
              )}
            </For>
          </ul>
        </nav>
        <div class="stack">
          <PowerPanel />
          <Section name="rules">
            <RulesPanel />
          </Section>
          <Section name="likes">
            <LikesSection />
          </Section>
          <Section name="backup">
            <BackupSection />
          </Section>
          <Section name="privacy">
            <PrivacySection />
          </Section>
          <Section name="appearance">
            <AppearanceSection />
          </Section>
          <Section name="energy">
            <EnergySection />
          </Section>
          <Section name="storage">
            <StorageSection />
          </Section>
          <Section name="alive">
            <AliveSection />
          </Section>
          <Section name="diagnostics">
            <Suspense fallback={<Loading heights={[160]} label={words().sections.diagnostics} />}>
              <DiagnosticsSection />
            </Suspense>
          </Section>
          <Section name="delete">
            <DeleteSection />
          </Section>
        </div>
      </div>
    </>
  );
}

function Section(props: { readonly name: (typeof SECTIONS)[number]; readonly children: JSX.Element }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <section class="card stack" aria-labelledby={props.name}>
      <h2 id={props.name}>{words().sections[props.name]}</h2>
      {props.children}
    </section>
  );
}
