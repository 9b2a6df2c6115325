// Offers to install the app, once this device has something verified to come back to.
import { createSignal, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { recall, remember } from '../../state/remember.ts';

const parseFlag = (value: unknown): true | null => (value === true ? true : null);

export function InstallOffer(): JSX.Element {
  const { install, contributor, toasts } = useApp();
  const [isRefused, setRefused] = createSignal(recall('install-refused', parseFlag) ?? false);
  const isTime = () => install.isOffered() && !isRefused() && contributor.snapshot().counts.verified > 0;
  const refuse = (): void => {
    setRefused(true);
    remember('install-refused', true);
  };
  const ask = async (): Promise<void> => {
    if ((await install.ask()) === 'accepted') toasts.show('Installed. Ostraka now opens in its own window.');
    else refuse();
  };
  return (
    <Show when={isTime()}>
      <div class="notice is-plain row">
        <span>Install Ostraka to keep it in a window of its own, out of the way of your tabs.</span>
        <span class="row">
          <button type="button" class="button is-small" onClick={() => void ask()}>
            Install
          </button>
          <button type="button" class="button is-small is-quiet" onClick={refuse}>
            No, thanks
          </button>
        </span>
      </div>
    </Show>
  );
}
