// The real app with a scripted contributor: the address says what it does (?contributor=working), the test says what comes next.
import { mountApp } from '../../../src/ui/mount-app.tsx';
import { createScriptedContributor } from './create-scripted-contributor.ts';

const scenario = sessionStorage.getItem('scenario') ?? new URLSearchParams(location.search).get('contributor') ?? 'off';
sessionStorage.setItem('scenario', scenario);

mountApp(document.getElementById('app')!, {
  baseUrl: location.origin,
  build: '0.1.0',
  hasServiceWorker: false,
  softwareGpu: 'avoid',
  loadContributor: async () => createScriptedContributor(scenario),
});
