import type { StationEnforcement } from '../../../domain/arming/index.ts';
import {
  withoutSecrets, type BootInfo, type ConnectorReport, type ConnectionView, type PendingStation, type StationCommand, type StationConnection, type StationIdentity,
  type StationReport,
} from '../../../domain/chargers/index.ts';
import type { Encoding } from './encoding.ts';
import { encodeParameters } from './operator-commands.ts';

export function encodeCredentials(i: StationIdentity & { password?: string }, { time }: Encoding) {
  return {
    object: 'station_credentials', charging_station: i.stationId, identity: i.identity, security_profile: i.securityProfile,
    path: `/ocpp/${i.operatorId}/${encodeURIComponent(i.identity)}`, password: i.password ?? null, updated: time(i.updatedAt),
  };
}

function encodeBoot(boot: BootInfo | null) {
  return boot && {
    vendor: boot.vendor, model: boot.model, serial_number: boot.serialNumber ?? null, firmware_version: boot.firmwareVersion ?? null, iccid: boot.iccid ?? null,
    imsi: boot.imsi ?? null, reason: boot.reason ?? null,
  };
}

export function encodePending(p: PendingStation, { time }: Encoding) {
  return {
    id: p.id, object: 'pending_station', identity: p.identity, protocol: p.protocol, remote_address: p.remoteAddress, has_password: p.passwordHash !== null,
    boot: encodeBoot(p.boot), first_seen: time(p.firstSeenAt), last_seen: time(p.lastSeenAt),
  };
}

/** As an event tells it. */
export function encodeConnection(c: StationConnection, { time, timeOrNull }: Encoding) {
  return {
    object: 'station_connection', charging_station: c.stationId, online: c.online, online_since: c.online ? time(c.onlineSince!) : null, offline_since: timeOrNull(c.offlineSince),
    protocol: c.protocol, security_profile: c.securityProfile, remote_address: c.remoteAddress, last_message: timeOrNull(c.lastMessageAt), clock_skew_ms: c.clockSkewMs,
    boot: encodeBoot(c.boot), booted: timeOrNull(c.bootedAt), firmware_status: c.firmwareStatus, log_status: c.logStatus,
  };
}

const NEVER = {
  online: false, online_since: null, offline_since: null, protocol: null, security_profile: null, remote_address: null, last_message: null, clock_skew_ms: null, boot: null,
  booted: null, firmware_status: null, log_status: null,
};

/** As its operator reads it, also of a station that was never there. */
export function encodeConnectionView(
  stationId: string, { identity, connection }: ConnectionView, connectors: readonly ConnectorReport[], enforcement: StationEnforcement | undefined, encoding: Encoding,
) {
  return {
    object: 'station_connection', charging_station: stationId, ...(connection ? encodeConnection(connection, encoding) : NEVER), identity: identity?.identity ?? null,
    connectors: connectors.map((c) => ({
      evse_number: c.evseNumber, connector_number: c.connectorNumber, evse: c.evseId, status: c.status, reported: c.reported, reported_at: encoding.time(c.reportedAt),
    })),
    enforcement: enforcement?.result == null ? null : { result: enforcement.result, against: enforcement.against, checked: encoding.timeOrNull(enforcement.checkedAt) },
  };
}

export function encodeReport(r: StationReport, { time }: Encoding) {
  return { id: r.id, object: 'station_report', charging_station: r.stationId, action: r.action, payload: r.payload, received: time(r.receivedAt) };
}

/** A password that is being set is not told. */
export function encodeCommand(c: StationCommand, encoding: Encoding) {
  const { time, timeOrNull } = encoding;
  return {
    id: c.id, object: 'station_command', charging_station: c.stationId, type: c.type, ...encodeParameters(withoutSecrets(c.parameters), encoding),
    status: c.status, result: c.result, failure: c.failure, version: c.version, created: time(c.createdAt), expires: time(c.expiresAt), sent: timeOrNull(c.sentAt),
    finished: timeOrNull(c.finishedAt),
  };
}
