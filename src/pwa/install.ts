// Keeps the browser's offer to install until the device has done something worth installing for.
import { type Accessor, createSignal } from 'solid-js';

/** Chromium's event; other browsers install from their own menu. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<void>;
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

export interface InstallPrompt {
  /** The browser would install the app if asked now. */
  readonly isOffered: Accessor<boolean>;
  ask(): Promise<'accepted' | 'dismissed'>;
}

export function createInstallPrompt(target: EventTarget): InstallPrompt {
  const [offer, setOffer] = createSignal<BeforeInstallPromptEvent | null>(null);
  target.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    setOffer(event as BeforeInstallPromptEvent);
  });
  target.addEventListener('appinstalled', () => setOffer(null));
  return {
    isOffered: () => offer() !== null,
    async ask() {
      const event = offer();
      if (!event) return 'dismissed';
      setOffer(null);
      await event.prompt();
      return (await event.userChoice).outcome;
    },
  };
}
