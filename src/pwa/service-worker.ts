// Keeps the app's shell for offline use. It never takes over by itself: a page asks it to, when the person agreed or nobody looks.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import type { UnseenAnswer } from './unseen.ts';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (string | { url: string; revision: string | null })[] };

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('index.html'), {
    denylist: [
      /^\/api(\/|$)/,
      /^\/peer(\/|$)/,
      /^\/transport(\/|$)/,
      /^\/metrics$/,
      /^\/widget(\/|$)/,
      /^\/w\.js$/,
      /^\/\.well-known(\/|$)/,
    ],
  }),
);

// Tabs that were open before the first version was installed hear of the next one too.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

const listTabs = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true });

/** A tab that is looked at would reload under the eyes of a person who was not asked. */
async function takeOverUnseen(): Promise<UnseenAnswer> {
  const tabs = await listTabs();
  if (tabs.some(({ visibilityState }) => visibilityState === 'visible')) return 'seen';
  await self.skipWaiting();
  return 'taken';
}

self.addEventListener('message', (event) => {
  switch (event.data?.type) {
    case 'SKIP_WAITING':
      return event.waitUntil(self.skipWaiting());
    case 'SKIP_WAITING_IF_UNSEEN':
      return event.waitUntil(takeOverUnseen().then((answer) => event.ports[0]?.postMessage(answer)));
  }
});

/** The network is back: tabs whose own news of it were held back send what waits. */
self.addEventListener('sync', (event) => {
  const tellTabs = async (): Promise<void> => {
    for (const tab of await listTabs()) tab.postMessage({ type: 'ostraka-wake' });
  };
  (event as ExtendableEvent).waitUntil(tellTabs());
});
