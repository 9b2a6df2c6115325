// An address that leads nowhere.
import { A } from '@solidjs/router';
import type { JSX } from 'solid-js';
import { createTitle } from '../../parts/create-title.ts';
import { Empty } from '../../parts/page-state.tsx';

export function NotFoundPage(): JSX.Element {
  createTitle(() => 'Not found');
  return (
    <>
      <h1 class="sr">Not found</h1>
      <Empty
        title="This sherd fits nowhere"
        sentence="There is no page at this address. It may have been mistyped, or it pointed to a job by something other than its number."
      >
        <A href="/" class="button is-main">
          Go to Contribute
        </A>
      </Empty>
    </>
  );
}
