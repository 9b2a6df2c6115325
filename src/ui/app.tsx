// The app: its routes, each page fetched when it is first visited.
import { Route, Router } from '@solidjs/router';
import { type JSX, lazy } from 'solid-js';
import './styles/app.css';
import { ContributePage } from './pages/contribute/contribute-page.tsx';
import { Shell } from './shell/shell.tsx';
import { type App, AppContext } from './state/app-context.ts';

const JobsPage = lazy(() => import('./pages/jobs/jobs-page.tsx').then((room) => ({ default: room.JobsPage })));
const NewJobPage = lazy(() => import('./pages/new-job/new-job-page.tsx').then((room) => ({ default: room.NewJobPage })));
const JobPage = lazy(() => import('./pages/job/job-page.tsx').then((room) => ({ default: room.JobPage })));
const AccountPage = lazy(() => import('./pages/account/account-page.tsx').then((room) => ({ default: room.AccountPage })));
const LeaderboardPage = lazy(() => import('./pages/leaderboard/leaderboard-page.tsx').then((room) => ({ default: room.LeaderboardPage })));
const NetworkPage = lazy(() => import('./pages/network/network-page.tsx').then((room) => ({ default: room.NetworkPage })));
const OperatorPage = lazy(() => import('./pages/operator/operator-page.tsx').then((room) => ({ default: room.OperatorPage })));
const EmbedPage = lazy(() => import('./pages/embed/embed-page.tsx').then((room) => ({ default: room.EmbedPage })));
const SettingsPage = lazy(() => import('./pages/settings/settings-page.tsx').then((room) => ({ default: room.SettingsPage })));
const SecurityPage = lazy(() => import('./pages/security/security-page.tsx').then((room) => ({ default: room.SecurityPage })));
const NotFoundPage = lazy(() => import('./pages/not-found/not-found-page.tsx').then((room) => ({ default: room.NotFoundPage })));

const IS_NUMBER = { id: /^[1-9]\d{0,14}$/ };

export function AppView(props: { readonly app: App }): JSX.Element {
  return (
    <AppContext.Provider value={props.app}>
      <Router root={Shell}>
        <Route path="/" component={ContributePage} />
        <Route path="/jobs" component={JobsPage} />
        <Route path="/jobs/new" component={NewJobPage} />
        <Route path="/jobs/:id" component={JobPage} matchFilters={IS_NUMBER} />
        <Route path="/account" component={AccountPage} />
        <Route path="/leaderboard" component={LeaderboardPage} />
        <Route path="/network" component={NetworkPage} />
        <Route path="/operator" component={OperatorPage} />
        <Route path="/embed" component={EmbedPage} />
        <Route path="/settings" component={SettingsPage} />
        <Route path="/security" component={SecurityPage} />
        <Route path="*" component={NotFoundPage} />
      </Router>
    </AppContext.Provider>
  );
}
