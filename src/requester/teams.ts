// Teams: found, look for, read, join, leave.
import type { ProfileView, TeamsPage, TeamView } from '../protocol/api-standing.ts';
import type { Client } from './create-client.ts';

export function searchTeams(client: Client, search: string, signal?: AbortSignal): Promise<TeamsPage> {
  return client.readJson(`/api/teams?search=${encodeURIComponent(search)}`, { signal: signal ?? null });
}

export function readTeam(client: Client, team: number, signal?: AbortSignal): Promise<TeamView> {
  return client.readJson(`/api/teams/${team}`, { signal: signal ?? null });
}

export function foundTeam(client: Client, name: string): Promise<TeamView> {
  return client.readJson('/api/teams', { method: 'POST', json: { name } });
}

export function joinTeam(client: Client, team: number): Promise<ProfileView> {
  return client.readJson(`/api/teams/${team}/join`, { method: 'POST' });
}

export function leaveTeam(client: Client, team: number): Promise<ProfileView> {
  return client.readJson(`/api/teams/${team}/leave`, { method: 'POST' });
}
