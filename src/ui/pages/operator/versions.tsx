// Keys and versions: what to compare when something does not fit.
import { For, type JSX } from 'solid-js';
import type { OperatorView } from '../../../protocol/api-operator.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function Versions(props: { readonly view: OperatorView }): JSX.Element {
  const words = useWords(WORDS);
  const rows = (): readonly (readonly [string, string])[] => {
    const { versions } = props.view;
    const said = words().versions;
    return [
      [said.build, versions.build],
      [said.protocol, said.protocols(String(versions.protocol), String(versions.oldestProtocol))],
      [said.node, versions.node],
      [said.postgres, versions.postgres],
      [said.schema, versions.schema],
      [said.epoch, formatCount(versions.epoch)],
      [said.others, formatCount(versions.others)],
      [said.key, props.view.receiptKey],
      [said.operators, props.view.operators.join(', ')],
    ];
  };
  return (
    <section class="card" aria-labelledby="versions">
      <h2 id="versions">{words().versions.heading}</h2>
      <dl class="facts small versions">
        <For each={rows()}>
          {([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          )}
        </For>
      </dl>
    </section>
  );
}
