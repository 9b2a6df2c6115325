// For security people: what the widget does on a page, what it is made of by build, what is stored and when, and how to block it; made to be printed.
import { For, type JSX, Match, Show, Switch } from 'solid-js';
import '../../styles/security.css';
import type { WidgetBuild, WidgetView } from '../../../protocol/api-sites.ts';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createAnswer } from '../../state/create-answer.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { FRAME_HEADER_LINES } from './frame-headers.ts';
import { WORDS } from './words.ts';

const NETWORK_RULE = 70;
export function SecurityPage(): JSX.Element {
  const { api } = useApp();
  const words = useWords(WORDS);
  createTitle(
    () => words().title,
    () => words().description,
  );
  const about = createAnswer<WidgetView>((signal) => api.readJson('/api/widget', { signal }));
  const percent = () => about.value()?.sharePercent ?? NETWORK_RULE;
  return (
    <>
      <PageHead title={words().title} lead={words().lead}>
        <button type="button" class="button no-print" onClick={() => print()}>
          {words().print}
        </button>
      </PageHead>
      <div class="security">
        <Points title={words().short.title} items={words().short.items} />
        <Points title={words().host.title} items={words().host.items} />
        <Stored />
        <section>
          <h2>{words().money.title}</h2>
          <p>{words().money.sentence(percent())}</p>
        </section>
        <Files />
        <Addresses />
        <section>
          <h2>{words().headers.title}</h2>
          <p>{words().headers.page}</p>
          <Lines lines={[`script-src ${api.origin}; frame-src ${api.origin}`]} />
          <p>{words().headers.frame}</p>
          <Lines lines={FRAME_HEADER_LINES} />
        </section>
        <section>
          <h2>{words().block.title}</h2>
          <p>{words().block.sentence}</p>
          <Lines lines={[`${api.origin}/w.js`, `${api.origin}/widget/`]} />
        </section>
        <Contact contact={about.value()?.contact ?? null} />
      </div>
    </>
  );
}

function Points(props: { readonly title: string; readonly items: readonly string[] }): JSX.Element {
  return (
    <section>
      <h2>{props.title}</h2>
      <ul>
        <For each={props.items}>{(item) => <li>{item}</li>}</For>
      </ul>
    </section>
  );
}

function Lines(props: { readonly lines: readonly string[] }): JSX.Element {
  return (
    <pre class="lines">
      <code>{props.lines.join('\n')}</code>
    </pre>
  );
}

function Stored(): JSX.Element {
  const words = useWords(WORDS);
  return (
    <section>
      <h2>{words().stored.title}</h2>
      <dl class="stored">
        <dt>{words().stored.before}</dt>
        <dd>{words().stored.beforeText}</dd>
        <dt>{words().stored.yes}</dt>
        <dd>{words().stored.yesText}</dd>
        <dt>{words().stored.no}</dt>
        <dd>{words().stored.noText}</dd>
        <dt>{words().stored.stop}</dt>
        <dd>{words().stored.stopText}</dd>
      </dl>
    </section>
  );
}

function Files(): JSX.Element {
  const { api } = useApp();
  const words = useWords(WORDS);
  const build = createAnswer<WidgetBuild>((signal) => api.readJson('/widget/build.json', { signal }));
  return (
    <section>
      <h2>{words().files.title}</h2>
      <Switch>
        <Match when={build.value()}>{(known) => <FileTable build={known()} origin={api.origin} />}</Match>
        <Match when={build.fault()}>{(fault) => <Failed fault={fault()} onRetry={build.load} />}</Match>
        <Match when={build.value() === null}>
          <Loading heights={[240]} label={words().files.loading} />
        </Match>
      </Switch>
    </section>
  );
}

function FileTable(props: { readonly build: WidgetBuild; readonly origin: string }): JSX.Element {
  const words = useWords(WORDS);
  const loader = () => props.build.files.find(({ when }) => when === 'loader');
  return (
    <>
      <p class="muted">{words().files.sentence(props.build.build)}</p>
      <section class="scroller" tabindex="0" aria-label={words().files.title}>
        <table class="table files">
          <thead>
            <tr>
              <th>{words().files.file}</th>
              <th>{words().files.role}</th>
              <th class="n">{words().files.size}</th>
              <th class="n">{words().files.gzip}</th>
              <th>{words().files.integrity}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.build.files}>
              {(file) => (
                <tr>
                  <td class="mono">{file.path}</td>
                  <td>{words().files.when[file.when]}</td>
                  <td class="n">{formatCount(file.bytes)}</td>
                  <td class="n">{formatCount(file.gzipBytes)}</td>
                  <td class="mono hash">{file.integrity}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
      <Show when={loader()}>
        {(file) => (
          <>
            <p>{words().files.pin}</p>
            <Lines
              lines={[
                `<script src="${props.origin}${file().path}" integrity="${file().integrity}" crossorigin="anonymous" async></script>`,
              ]}
            />
          </>
        )}
      </Show>
    </>
  );
}

function Addresses(): JSX.Element {
  const words = useWords(WORDS);
  const rows = () => {
    const { rows: said } = words().addresses;
    return [
      ['GET /w.js', said.loader],
      ['GET /widget/frame', said.frame],
      ['GET /api/widget', said.widget],
      ['POST /api/widget/answers', said.answers],
      ['POST /api/session/challenge, /api/session/widget, /api/session/ticket', said.session],
      ['POST /api/widget/minutes', said.minutes],
      ['/peer, /transport', said.transport],
      ['GET /api/blobs/…', said.blobs],
    ] as const;
  };
  return (
    <section>
      <h2>{words().addresses.title}</h2>
      <p>{words().addresses.sentence}</p>
      <dl class="stored">
        <For each={rows()}>
          {([address, what]) => (
            <>
              <dt class="mono">{address}</dt>
              <dd>{what}</dd>
            </>
          )}
        </For>
      </dl>
    </section>
  );
}

function Contact(props: { readonly contact: string | null }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <section>
      <h2>{words().contact.title}</h2>
      <Show when={props.contact} fallback={<p>{words().contact.none}</p>}>
        {(contact) => (
          <p>
            {words().contact.to} <a href={contact()}>{contact().replace(/^mailto:/, '')}</a>.{' '}
            <a href="/.well-known/security.txt" rel="external">
              {words().contact.file}
            </a>
          </p>
        )}
      </Show>
    </section>
  );
}
