import type { ConnectorReport, ConnectionView, StationConnection, StationIdentity, StationReport } from '../../../domain/chargers/index.ts';
import type { Encoding } from './encoding.ts';

export function encodeCredentials(i: StationIdentity & { password?: string }, { time }: Encoding) {
  return {
    object: 'station_credentials', charging_station: i.stationId, identity: i.identity, security_profile: i.securityProfile,
    path: `/ocpp/${i.operatorId}/${encodeURIComponent(i.identity)}`, password: i.password ?? null, updated: time(i.updatedAt),
  };
}

/** As an event tells it. */
export function encodeConnection(c: StationConnection, { time, timeOrNull }: Encoding) {
  return {
    object: 'station_connection', charging_station: c.stationId, online: c.online, online_since: c.online ? time(c.onlineSince!) : null, offline_since: timeOrNull(c.offlineSince),
    protocol: c.protocol, security_profile: c.securityProfile, remote_address: c.remoteAddress, last_message: timeOrNull(c.lastMessageAt), clock_skew_ms: c.clockSkewMs,
    boot: c.boot && {
      vendor: c.boot.vendor, model: c.boot.model, serial_number: c.boot.serialNumber ?? null, firmware_version: c.boot.firmwareVersion ?? null,
      iccid: c.boot.iccid ?? null, imsi: c.boot.imsi ?? null, reason: c.boot.reason ?? null,
    },
    booted: timeOrNull(c.bootedAt), firmware_status: c.firmwareStatus, log_status: c.logStatus,
  };
}

const NEVER = {
  online: false, online_since: null, offline_since: null, protocol: null, security_profile: null, remote_address: null, last_message: null, clock_skew_ms: null, boot: null,
  booted: null, firmware_status: null, log_status: null,
};

/** As its operator reads it, also of a station that was never there. */
export function encodeConnectionView(stationId: string, { identity, connection }: ConnectionView, connectors: readonly ConnectorReport[], encoding: Encoding) {
  return {
    object: 'station_connection', charging_station: stationId, ...(connection ? encodeConnection(connection, encoding) : NEVER), identity: identity?.identity ?? null,
    connectors: connectors.map((c) => ({
      evse_number: c.evseNumber, connector_number: c.connectorNumber, evse: c.evseId, status: c.status, reported: c.reported, reported_at: encoding.time(c.reportedAt),
    })),
  };
}

export function encodeReport(r: StationReport, { time }: Encoding) {
  return { id: r.id, object: 'station_report', charging_station: r.stationId, action: r.action, payload: r.payload, received: time(r.receivedAt) };
}
