/** How charging stations connect, as REST says it. */
import Type from 'typebox';
import { EVSE_STATUSES } from '../../../domain/stations/index.ts';
import { Id, InstantOut, Nullable, Strict } from './common.ts';

const Profile = (description: string) => Type.Integer({ minimum: 0, maximum: 3, description });
const text = Type.String();

export const CredentialsIn = Strict({
  security_profile: Profile("OCPP's: 0 nothing (sandbox), 1 a password, 2 a password over TLS, 3 a client certificate that names the station"),
  identity: Type.Optional(Type.String({ minLength: 1, maxLength: 48, description: 'the last part of its address; its ref unless told' })),
  password: Type.Optional(Type.String({ minLength: 16, maxLength: 40, description: 'the one that it has; else one is made' })),
});

export const CredentialsOut = Type.Object({
  object: Type.Literal('station_credentials'), charging_station: Id('station'), identity: text, security_profile: Profile("OCPP's"),
  path: Type.String({ description: 'where the station connects to, on this server' }),
  password: Nullable(Type.String({ description: 'the one that was made, shown this once' })), updated: InstantOut,
});

export const CredentialsRemoved = Type.Object({ object: Type.Literal('station_credentials'), charging_station: Id('station'), deleted: Type.Literal(true) });

const Boot = Type.Object({
  vendor: text, model: text, serial_number: Nullable(text), firmware_version: Nullable(text), iccid: Nullable(text), imsi: Nullable(text), reason: Nullable(text),
});

const ConnectorOut = Type.Object({
  evse_number: Type.Integer({ description: '0 where the station numbers its connectors through' }), connector_number: Type.Integer(),
  evse: Nullable(Id('evse', 'null: no such connector is known here')), status: Type.Enum([...EVSE_STATUSES]),
  reported: Type.Object({}, { additionalProperties: true, description: 'as the station said it' }), reported_at: InstantOut,
});

export const ConnectionOut = Type.Object({
  object: Type.Literal('station_connection'), charging_station: Id('station'), identity: Nullable(text), online: Type.Boolean(), online_since: Nullable(InstantOut),
  offline_since: Nullable(InstantOut), protocol: Nullable(text), security_profile: Nullable(Profile('of the last connection')), remote_address: Nullable(text),
  last_message: Nullable(InstantOut), clock_skew_ms: Nullable(Type.Integer({ description: 'its clock minus ours, as of its last message with a time' })),
  boot: Nullable(Boot), booted: Nullable(InstantOut), firmware_status: Nullable(text), log_status: Nullable(text), connectors: Type.Optional(Type.Array(ConnectorOut)),
});

export const StationReportOut = Type.Object({
  id: Id('stationReport'), object: Type.Literal('station_report'), charging_station: Id('station'), action: text,
  payload: Type.Object({}, { additionalProperties: true, description: 'as the station said it' }), received: InstantOut,
});
