// Embed: a site's owner registers a domain, pastes a snippet, sees the first visitor, and proves the domain to be paid.
import { createEffect, createMemo, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js';
import '../../styles/embed.css';
import type { SiteId, SiteView } from '../../../protocol/api-sites.ts';
import { listSites } from '../../../requester/sites.ts';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Empty, Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createAnswer } from '../../state/create-answer.ts';
import { useWords } from '../../state/words.ts';
import { AddSite } from './add-site.tsx';
import { SiteEstimate } from './site-estimate.tsx';
import { SitePanel } from './site-panel.tsx';
import { WORDS } from './words.ts';

const NO_SHARE_KNOWN = 70;

export function EmbedPage(): JSX.Element {
  const { api, session } = useApp();
  const words = useWords(WORDS);
  createTitle(
    () => words().title,
    () => words().description,
  );
  const isNobody = () => session.current().kind === 'nobody';
  // Nobody signed in is an answer: there are no sites, and nothing is asked for.
  const sites = createAnswer<readonly SiteView[]>(async (signal) => (isNobody() ? [] : listSites(api, signal)));
  createEffect(on(session.current, () => sites.load(), { defer: true }));
  const [chosen, choose] = createSignal<SiteId | null>(null);
  const site = createMemo(() => sites.value()?.find(({ id }) => id === chosen()) ?? sites.value()?.[0] ?? null);
  const put = (next: SiteView): void => {
    const others = (sites.value() ?? []).filter(({ id }) => id !== next.id);
    sites.set([...others, next].sort((a, b) => a.createdAtMs - b.createdAtMs || a.id - b.id));
  };
  const add = (next: SiteView): void => {
    put(next);
    choose(next.id);
  };
  const drop = (id: SiteId): void => {
    sites.set((sites.value() ?? []).filter((known) => known.id !== id));
    choose(null);
  };
  return (
    <>
      <PageHead title={words().title} lead={words().lead} />
      <Switch>
        <Match when={sites.value() === null && sites.fault()}>
          {(fault) => <Failed fault={fault()} safe={words().entriesAreSafe} onRetry={sites.load} />}
        </Match>
        <Match when={sites.value() === null || session.current().kind === 'loading'}>
          <Loading heights={[120, 320]} label={words().loading} />
        </Match>
        <Match when={sites.value()?.length === 0}>
          <div class="embed">
            <Empty title={words().empty.title} sentence={words().empty.sentence}>
              <AddSite onAdded={add} />
            </Empty>
            <SiteEstimate sharePercent={NO_SHARE_KNOWN} />
          </div>
        </Match>
        <Match when={site()}>
          {(shown) => (
            <div class="stack">
              <SiteTabs sites={sites.value() ?? []} chosen={shown().id} onChoose={choose} onAdded={add} />
              <Show when={shown().id} keyed>
                {(id) => (
                  <SitePanel site={sites.value()?.find((known) => known.id === id) ?? shown()} onChanged={put} onRemoved={() => drop(id)} />
                )}
              </Show>
            </div>
          )}
        </Match>
      </Switch>
    </>
  );
}

function SiteTabs(props: {
  readonly sites: readonly SiteView[];
  readonly chosen: SiteId;
  readonly onChoose: (site: SiteId) => void;
  readonly onAdded: (site: SiteView) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  return (
    <div class="row site-tabs">
      <Show when={props.sites.length > 1}>
        <label class="row">
          <span class="label">{words().choose}</span>
          <select
            class="select"
            value={String(props.chosen)}
            onChange={(event) => props.onChoose(Number(event.currentTarget.value) as SiteId)}
          >
            <For each={props.sites}>
              {(site) => (
                <option value={String(site.id)} selected={site.id === props.chosen}>
                  {site.domain}
                </option>
              )}
            </For>
          </select>
        </label>
      </Show>
      <details>
        <summary>{words().add.another}</summary>
        <AddSite onAdded={props.onAdded} />
      </details>
    </div>
  );
}
