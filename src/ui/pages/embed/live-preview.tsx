// The widget itself, inside this page: only where this machine has a second name, for on its own site it refuses to run.
import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import type { SiteView } from '../../../protocol/api-sites.ts';
import { useApp } from '../../state/app-context.ts';
import { useWords } from '../../state/words.ts';
import { listAttributes, otherOrigin, type SnippetOptions } from './make-snippet.ts';
import { WORDS } from './words.ts';

export function LivePreview(props: { readonly site: SiteView; readonly options: SnippetOptions }): JSX.Element {
  const { api } = useApp();
  const words = useWords(WORDS);
  const origin = otherOrigin(api.origin);
  const [isShown, setShown] = createSignal(false);
  return (
    <section class="card stack preview-card" aria-labelledby="preview">
      <h2 id="preview">{words().preview.title}</h2>
      <Show when={origin} fallback={<p class="notice is-plain">{words().preview.none}</p>}>
        {(other) => (
          <>
            <p class="muted small">{words().preview.sentence}</p>
            <Show when={props.site.domain !== location.host && props.site.domain !== location.hostname}>
              <p class="notice is-plain">{words().preview.wrongHost(location.host)}</p>
            </Show>
            <Show
              when={isShown()}
              fallback={
                <div>
                  <button type="button" class="button" onClick={() => setShown(true)}>
                    {words().preview.show}
                  </button>
                </div>
              }
            >
              <Frame
                origin={other()}
                query={new URLSearchParams(listAttributes(props.site.id, props.options).map(([name, value]) => [name, value]))}
              />
            </Show>
          </>
        )}
      </Show>
    </section>
  );
}

/** As the loader makes it; its page takes only the height from it. */
function Frame(props: { readonly origin: string; readonly query: URLSearchParams }): JSX.Element {
  const words = useWords(WORDS);
  const [height, setHeight] = createSignal(190);
  let frame!: HTMLIFrameElement;
  const listen = ({ source, origin, data }: MessageEvent): void => {
    if (source !== frame.contentWindow || origin !== props.origin || data?.ostraka !== 'resize') return;
    if (typeof data.height === 'number') setHeight(data.height);
  };
  onMount(() => addEventListener('message', listen));
  onCleanup(() => removeEventListener('message', listen));
  return (
    <iframe
      ref={frame}
      class="preview"
      title={words().preview.title}
      src={`${props.origin}/widget/frame?${props.query}`}
      height={height()}
      allow="compute-pressure; screen-wake-lock; cross-origin-isolated"
      referrerpolicy="origin"
      sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    />
  );
}
