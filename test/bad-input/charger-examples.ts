/** Requests about charging stations that connect. */
import type { Examples } from './example.ts';

const page = (cursor: string) => [{ query: { limit: '5', after: cursor } }, { query: { before: cursor } }];

export const chargers: Record<string, Examples> = {
  setStationCredentials: ({ make, ours }) => [
    { id: ours.chst, body: { security_profile: 1, identity: make.ref(), password: 'a password of 23 signs' } },
    { id: ours.chst, body: { security_profile: 0, identity: make.ref() } },
  ],
  deleteStationCredentials: async ({ make }) => {
    const { chst: id } = await make.site();
    await make.call('PUT', `/v1/charging_stations/${id}/credentials`, { security_profile: 3, identity: make.ref() });
    return [{ id }];
  },
  getStationConnection: ({ ours }) => [{ id: ours.chst }],
  createStationCommand: async ({ make, ours }) => {
    await make.call('PUT', `/v1/charging_stations/${ours.chst}/credentials`, { security_profile: 0, identity: make.ref() });
    const bodies = [
      { type: 'reset', kind: 'hard', expires_in_seconds: 1 }, { type: 'trigger_message', message: 'heartbeat', evse: ours.evse }, { type: 'change_availability', operative: false },
      { type: 'unlock_connector', connector: ours.con }, { type: 'get_configuration', keys: ['HeartbeatInterval'] }, { type: 'set_configuration', key: 'K', value: 'v' },
    ];
    return bodies.map((body) => ({ id: ours.chst, body }));
  },
  listStationCommands: ({ ours }) => page(ours.cmd).map((example) => ({ ...example, id: ours.chst })),
  getStationCommand: ({ ours }) => [{ id: ours.cmd }],
  listStationReports: ({ ours }) => page(`srp_${'0'.repeat(26)}`).map((example) => ({ ...example, id: ours.chst })),
  getStationOnboarding: () => [{}],
  setStationOnboarding: () => [{ body: { unknown_stations: 'refuse' } }],
  listPendingStations: ({ ours }) => page(ours.pst),
  acceptPendingStation: async ({ make }) => [
    { id: await make.pending(), body: { charging_station: (await make.site()).chst, security_profile: 1 } },
    { id: await make.pending(), body: { charging_station: (await make.site()).chst } },
  ],
  deletePendingStation: async ({ make }) => [{ id: await make.pending() }],
};
