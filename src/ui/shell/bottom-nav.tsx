// The bottom bar of a phone: four places within reach of a thumb, and More.
import { A, useLocation } from '@solidjs/router';
import { For, type JSX } from 'solid-js';
import { Icon } from '../parts/icons.tsx';
import { uiWords } from '../words.ts';
import { MoreMenu } from './more-menu.tsx';
import { BOTTOM_MORE, BOTTOM_PLACES, isCurrent } from './places.ts';

export function BottomNav(): JSX.Element {
  const location = useLocation();
  return (
    <nav class="bottomnav" aria-label={uiWords().shell.pages}>
      <For each={BOTTOM_PLACES}>
        {(place) => (
          <A
            href={place.href}
            end
            activeClass=""
            inactiveClass=""
            aria-current={isCurrent(location.pathname, place.href) ? 'page' : undefined}
          >
            <Icon name={place.icon} />
            <span>{uiWords().places[place.href]}</span>
          </A>
        )}
      </For>
      <MoreMenu places={BOTTOM_MORE} class="bottom-more">
        <Icon name="more" />
        <span>{uiWords().shell.more}</span>
      </MoreMenu>
    </nav>
  );
}
