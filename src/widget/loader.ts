// The script on the host's page: makes <ostraka-widget>, puts the frame into it and passes messages. It computes nothing, stores nothing and cannot start anything.

(() => {
  const TAG = 'ostraka-widget';
  const script = document.currentScript as HTMLScriptElement | null;
  const { origin, searchParams } = new URL(script?.src || location.href);
  const NAMES = ['site', 'theme', 'lang', 'throttle'];
  const EVENTS = /^(ready|state|progress|error)$/;
  /** A frame that a policy or a blocker refused says nothing at all. */
  const SILENCE_MS = 4000;

  class OstrakaWidget extends HTMLElement {
    #frame: HTMLIFrameElement | null = null;
    #listen = ({ source, origin: from, data }: MessageEvent): void => {
      if (!this.#frame || source !== this.#frame.contentWindow || from !== origin) return;
      const { ostraka, ...detail } = data;
      if (ostraka === 'resize') {
        this.#frame.height = detail.height;
        this.hidden = !detail.height;
      } else if (EVENTS.test(ostraka)) this.#tell(ostraka, detail);
    };
    #silence = 0;

    connectedCallback(): void {
      const frame = document.createElement('iframe');
      const query = new URLSearchParams();
      for (const name of NAMES) query.set(name, this.getAttribute(name) || '');
      frame.src = `${origin}/widget/frame?${query}`;
      frame.title = 'Ostraka';
      frame.width = '100%';
      frame.height = '190';
      frame.allow = 'compute-pressure; screen-wake-lock; cross-origin-isolated';
      frame.referrerPolicy = 'origin';
      frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox');
      const root = this.shadowRoot || this.attachShadow({ mode: 'open' });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        ':host{display:block;max-width:26rem}:host([hidden]){display:none}iframe{border:0;border-radius:8px;display:block}',
      );
      root.adoptedStyleSheets = [sheet];
      root.replaceChildren(frame);
      this.#frame = frame;
      addEventListener('message', this.#listen);
      this.#silence = setTimeout(() => {
        this.#tell('state', { state: 'blocked' });
        fetch(`${origin}/api/widget/blocked?${query}`, { mode: 'no-cors', credentials: 'omit' }).catch(() => 0);
      }, SILENCE_MS);
    }

    disconnectedCallback(): void {
      clearTimeout(this.#silence);
      removeEventListener('message', this.#listen);
      this.#frame?.remove();
      this.#frame = null;
    }

    /** Pause and stop are for everybody, resume undoes this page's own pause; of the load a page may only take away. */
    pause(): void {
      this.#send('pause');
    }
    resume(): void {
      this.#send('resume');
    }
    stop(): void {
      this.#send('stop');
    }
    setThrottle(value: number): void {
      this.#send('throttle', value);
    }

    #send(ostraka: string, value?: number): void {
      this.#frame?.contentWindow?.postMessage({ ostraka, value }, origin);
    }
    #tell(type: string, detail: object): void {
      if (type === 'ready') clearTimeout(this.#silence);
      this.dispatchEvent(new CustomEvent(type, { detail }));
    }
  }

  if (!customElements.get(TAG)) customElements.define(TAG, OstrakaWidget);
  const find = (at: string | Element): Element | null => (typeof at === 'string' ? document.querySelector(at) : at);
  Object.assign(window, {
    ostrakaWidget: {
      render(at: string | Element, options: Readonly<Record<string, unknown>>): Element {
        const element = document.createElement(TAG);
        for (const [name, value] of Object.entries(options)) {
          if (typeof value === 'function') element.addEventListener(name, (event) => value((event as CustomEvent).detail));
          else element.setAttribute(name, `${value}`);
        }
        find(at)?.append(element);
        return element;
      },
      remove(at: string | Element): void {
        const element = find(at);
        (element?.matches(TAG) ? element : element?.querySelector(TAG))?.remove();
      },
    },
  });
  const ready = searchParams.get('onload');
  if (ready) (window as unknown as Record<string, (() => void) | undefined>)[ready]?.();
})();
