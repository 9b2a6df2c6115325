// The page's composition root: which coordinator, which engine, which service worker.
import { parseOptions } from './options.ts';
import { mountApp } from './ui/mount-app.tsx';

const options = parseOptions(location.search, import.meta.env.VITE_BUILD);
const softwareGpu = options.gpu === 'software' ? 'use' : 'avoid';

mountApp(document.getElementById('app')!, {
  baseUrl: location.origin,
  build: options.build,
  hasServiceWorker: import.meta.env.PROD && options['service-worker'] === 'on' && 'serviceWorker' in navigator,
  softwareGpu,
  loadContributor: async () => {
    const { createContributor } = await import('./contributor/host.ts');
    return createContributor({ baseUrl: location.origin, build: options.build, softwareGpu });
  },
});
