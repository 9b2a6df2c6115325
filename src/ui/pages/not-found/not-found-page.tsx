// An address that leads nowhere.
import { A } from '@solidjs/router';
import type { JSX } from 'solid-js';
import { createTitle } from '../../parts/create-title.ts';
import { Empty } from '../../parts/page-state.tsx';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function NotFoundPage(): JSX.Element {
  const words = useWords(WORDS);
  createTitle(() => words().title);
  return (
    <>
      <h1 class="sr">{words().title}</h1>
      <Empty title={words().headline} sentence={words().sentence}>
        <A href="/" class="button is-main">
          {words().action}
        </A>
      </Empty>
    </>
  );
}
