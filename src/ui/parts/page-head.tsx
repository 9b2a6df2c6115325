// How every page begins: its name, what it is for in a sentence, and what can be done here at once.
import type { JSX } from 'solid-js';

export function PageHead(props: { readonly title: string; readonly lead: JSX.Element; readonly children?: JSX.Element }): JSX.Element {
  return (
    <div class="page-head">
      <div>
        <h1>{props.title}</h1>
        <p class="lead">{props.lead}</p>
      </div>
      {props.children}
    </div>
  );
}
