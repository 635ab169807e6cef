/** Requests about charging stations that connect. */
import type { Examples } from './example.ts';

const page = (cursor: string) => [{ query: { limit: '5', after: cursor } }, { query: { before: cursor } }];

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
const [FROM, TO] = ['2027-01-01T00:00:00Z', '2027-01-02T00:00:00Z'];
const RETRIES = { retries: 1, retry_interval_seconds: 60 };

const operatorBodies = (request: string): object[] => [
  { type: 'clear_cache' }, { type: 'send_local_list', local_list: { update: 'full', tokens: [{ token: 'A', type: 'rfid', status: 'accepted', expires: FROM, group: 'G' }] } },
  { type: 'update_firmware', firmware: { url: 'https://files.example/x', retrieve: FROM, install: FROM, signing_certificate: PEM, signature: 'QQ==', ...RETRIES } },
  { type: 'get_log', log: { kind: 'security', url: 'ftp://files.example/x', start: FROM, end: TO, ...RETRIES } },
  { type: 'set_charging_profile', profile: {
    id: 1, purpose: 'tx_default', stack_level: 0, kind: 'absolute', unit: 'A', start: FROM, valid_from: FROM, valid_to: TO, duration_seconds: 60, minimum: 6,
    periods: [{ start_seconds: 0, limit: 16.5, phases: 3 }],
  } },
  { type: 'clear_charging_profile', profile_filter: { id: 1, purpose: 'station_max', stack_level: 0 } },
  { type: 'get_composite_schedule', schedule: { duration_seconds: 60, unit: 'W' } },
  { type: 'set_display_message', display_message: {
    id: 1, priority: 'in_front', content: 'x', format: 'utf8', language: 'en', state: 'idle', start: FROM, end: TO, ocpp_transaction_id: 'T',
  } },
  { type: 'clear_display_message', display_message_id: 1 }, { type: 'get_display_messages', display_filter: { ids: [1], priority: 'in_front', state: 'idle' } },
  { type: 'get_report', report: { base: 'full' } }, { type: 'get_report', report: { keys: ['EVSE'], criteria: ['problem'] } },
  { type: 'set_variables', variables: [{ key: 'A.B', value: 'x', attribute: 'target' }] },
  { type: 'set_network_profile', network_profile: {
    slot: 1, url: 'wss://csms.example/x', security_profile: 2, interface: 'Wired0', message_timeout_seconds: 30, identity: 'X', basic_auth_password: 'x',
    apn: { apn: 'x', user: 'x', password: 'x', authentication: 'PAP' },
  } },
  { type: 'certificate_signed', signed_certificate: { chain: PEM, use: 'charging_station', request } },
  { type: 'install_certificate', root_certificate: { use: 'csms_root', pem: PEM } }, { type: 'get_installed_certificates', certificate_uses: ['csms_root'] },
  { type: 'delete_certificate', certificate_hash: { algorithm: 'SHA256', issuer_name: 'aa', issuer_key: 'bb', serial_number: '1' } },
  { type: 'data_transfer', vendor_message: { vendor: 'x', message: 'x', data: 'x' } }, { type: 'get_transaction_status', ocpp_transaction_id: 'T' },
  { type: 'customer_information', customer: { report: true, clear: false, identifier: 'x', token: 'A', token_type: 'rfid' } },
];

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
    return [...bodies, ...operatorBodies(await make.certificateRequest({ chst: ours.chst }))].map((body) => ({ id: ours.chst, body }));
  },
  getStationFrameLog: ({ ours }) => [{ id: ours.chst }],
  setStationFrameLog: ({ ours }) => [{ id: ours.chst, body: { enabled: true, until: TO } }, { id: ours.chst, body: { enabled: false } }],
  listStationFrames: ({ ours }) => page(`sfr_${'0'.repeat(26)}`).map((example) => ({ ...example, id: ours.chst })),
  getStationLocalList: ({ ours }) => [{ id: ours.chst }],
  listStationVariables: ({ ours }) => [...page(`svr_${'0'.repeat(26)}`), { query: { component: 'EVSE' } }].map((example) => ({ ...example, id: ours.chst })),
  listCertificateRequests: ({ ours }) => page(ours.csr).map((example) => ({ ...example, id: ours.chst })),
  refuseCertificateRequest: async ({ make }) => [{ id: await make.certificateRequest(await make.site()) }],
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
  listQuarantinedMessages: ({ ours }) => page(ours.qua),
  resolveQuarantinedMessage: ({ ours }) => [{ id: ours.qua }],
  deletePendingStation: async ({ make }) => [{ id: await make.pending() }],
};
