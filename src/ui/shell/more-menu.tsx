// The places that a bar has no room for, in a popover: it closes by Escape, by a press elsewhere and by going somewhere, and gives the focus back.
import { A, useLocation } from '@solidjs/router';
import { createSignal, createUniqueId, For, type JSX } from 'solid-js';
import { Icon } from '../parts/icons.tsx';
import { uiWords } from '../words.ts';
import { isCurrent, type Place } from './places.ts';

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function MoreMenu(props: {
  readonly places: readonly Place[];
  readonly class: string;
  readonly children: JSX.Element;
}): JSX.Element {
  const location = useLocation();
  const id = createUniqueId();
  const [isOpen, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  let menu!: HTMLDivElement;
  const links = () => [...menu.querySelectorAll('a')];
  const isHere = () => props.places.some(({ href }) => isCurrent(location.pathname, href));
  const onToggle = (event: Event): void => {
    const isNow = (event as ToggleEvent).newState === 'open';
    setOpen(isNow);
    if (!isNow) return;
    const { bottom, right } = button.getBoundingClientRect();
    menu.style.setProperty('--below', `${bottom}px`);
    menu.style.setProperty('--aside', `${document.documentElement.clientWidth - right}px`);
    links()[0]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const all = links();
    const at = all.indexOf(document.activeElement as HTMLAnchorElement);
    if (!step || at === -1) return;
    event.preventDefault();
    all[step(at, all.length)]?.focus();
  };
  return (
    <>
      <button
        type="button"
        class={props.class}
        ref={button}
        popovertarget={id}
        aria-expanded={isOpen()}
        aria-controls={id}
        data-here={isHere() ? '' : undefined}
      >
        {props.children}
      </button>
      <div class="more-menu" id={id} popover="auto" ref={menu} onToggle={onToggle}>
        <ul role="list" aria-label={uiWords().shell.morePages}>
          <For each={props.places}>
            {(place) => (
              <li>
                <A
                  href={place.href}
                  end
                  activeClass=""
                  inactiveClass=""
                  aria-current={isCurrent(location.pathname, place.href) ? 'page' : undefined}
                  onClick={() => menu.hidePopover()}
                  onKeyDown={onKeyDown}
                >
                  <Icon name={place.icon} />
                  {uiWords().places[place.href]}
                </A>
              </li>
            )}
          </For>
        </ul>
      </div>
    </>
  );
}
