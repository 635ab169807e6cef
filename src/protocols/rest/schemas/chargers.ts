/** How charging stations connect, as REST says it. */
import Type from 'typebox';
import { COMMAND_TYPES, DRIVER_COMMAND_TYPES, TRIGGERS } from '../../../domain/chargers/index.ts';
import { EVSE_STATUSES } from '../../../domain/stations/index.ts';
import { Id, InstantOut, Nullable, Strict } from './common.ts';
import { operatorParametersIn, operatorParametersOut } from './operator-commands.ts';

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
  last_message: Nullable(InstantOut), clock_skew_ms: Nullable(Type.Integer({ description: 'its clock minus ours, as of the last status that it told' })),
  boot: Nullable(Boot), booted: Nullable(InstantOut), firmware_status: Nullable(text), log_status: Nullable(text), connectors: Type.Optional(Type.Array(ConnectorOut)),
  enforcement: Type.Optional(Nullable(Type.Object({
    result: Type.Enum(['enforceable', 'soft_only', 'not_enforceable'], { description: 'whether it keeps slots, or at least asks us before each start' }),
    against: Type.Array(Type.Object({ key: text, wanted: text, actual: text }), { description: 'settings by which it starts without asking us' }), checked: Nullable(InstantOut),
  }, { description: 'null: not found out yet' }))),
});

export const StationReportOut = Type.Object({
  id: Id('stationReport'), object: Type.Literal('station_report'), charging_station: Id('station'), action: text,
  payload: Type.Object({}, { additionalProperties: true, description: 'as the station said it' }), received: InstantOut,
});

const parameters = {
  kind: Type.Optional(Type.Enum(['soft', 'hard'], { description: 'of a reset; soft, when nobody charges, unless told' })),
  message: Type.Optional(Type.Enum([...TRIGGERS], { description: 'of trigger_message and extended_trigger_message' })),
  operative: Type.Optional(Type.Boolean({ description: 'of change_availability' })),
  evse: Type.Optional(Id('evse', 'of commands for one EVSE; else the whole station')),
  connector: Type.Optional(Id('connector', 'of unlock_connector')),
  keys: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 101 }), {
    minItems: 1, maxItems: 50, description: 'of get_configuration; in OCPP 2.x Component.Variable',
  })),
  key: Type.Optional(Type.String({ minLength: 1, maxLength: 101, description: 'of set_configuration; in OCPP 2.x Component.Variable' })),
  value: Type.Optional(Type.String({ maxLength: 1000, description: 'of set_configuration' })),
};

export const CommandIn = Strict({
  type: Type.Enum([...COMMAND_TYPES]), ...parameters, ...operatorParametersIn,
  expires_in_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, default: 300, description: 'it is not sent later' })),
});

export const CommandOut = Type.Object({
  id: Id('stationCommand'), object: Type.Literal('station_command'), charging_station: Id('station'), type: Type.Enum([...COMMAND_TYPES, ...DRIVER_COMMAND_TYPES]),
  ...parameters, ...operatorParametersOut,
  status: Type.Enum(['queued', 'sent', 'accepted', 'rejected', 'failed', 'expired']),
  result: Nullable(Type.Object({}, { additionalProperties: true, description: 'as the station said it' })),
  failure: Nullable(Type.String({ description: "no_answer, not_supported, list_not_known, or the code of the station's error" })), version: Type.Integer(),
  created: InstantOut, expires: InstantOut, sent: Nullable(InstantOut), finished: Nullable(InstantOut),
});

const unknownStations = Type.Enum(['refuse', 'pending'], { description: 'what becomes of stations that you do not know' });
export const OnboardingIn = Strict({ unknown_stations: unknownStations });
export const OnboardingOut = Type.Object({ object: Type.Literal('station_onboarding'), unknown_stations: unknownStations });

export const PendingStationOut = Type.Object({
  id: Id('pendingStation'), object: Type.Literal('pending_station'), identity: text, protocol: text, remote_address: Nullable(text),
  has_password: Type.Boolean({ description: 'it came with a password, which will be its own' }), boot: Nullable(Boot), first_seen: InstantOut, last_seen: InstantOut,
});

export const AcceptIn = Strict({
  charging_station: Id('station', 'which of your stations it is'),
  security_profile: Type.Optional(Profile('1 where it came with a password, else 0, unless told')),
});
