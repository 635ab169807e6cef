/** The versions of OCPP, by the names that WebSocket has for them. We like the newest best. */
export const VERSIONS = ['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'] as const;
export type OcppVersion = (typeof VERSIONS)[number];
