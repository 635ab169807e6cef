/** What commands of operators take, as REST says it. */
import Type from 'typebox';
import {
  CERTIFICATE_USES, DISPLAY_PRIORITIES, DISPLAY_STATES, HASH_ALGORITHMS, INTERFACES, PROFILE_PURPOSES, REPORT_BASES, REPORT_CRITERIA, ROOT_CERTIFICATES, TOKEN_STATUSES,
  TOKEN_TYPES,
} from '../../../domain/chargers/index.ts';
import { Id, InstantIn, InstantOut, Strict } from './common.ts';

const { Optional } = Type;
const text = (maxLength: number, description?: string) => Type.String({ minLength: 1, maxLength, ...(description ? { description } : {}) });
const whole = (minimum: number, maximum: number, description?: string) => Type.Integer({ minimum, maximum, ...(description ? { description } : {}) });
const number31 = (description?: string) => whole(0, 2_147_483_647, description);
const seconds = (description?: string) => whole(0, 31_536_000, description);
const url = (schemes: string) => Type.String({
  pattern: `^(?:${schemes})://[^\\s/?#]+[^\\s]*$`, maxLength: 2_000, description: "your own server's: the station goes there, not we",
});
const FILES = 'https?|ftps?|sftp';
const times = (isIn: boolean) => (description: string) => Optional(isIn ? InstantIn(description) : InstantOut);
const retries = { retries: Optional(whole(0, 100)), retry_interval_seconds: Optional(seconds()) };
const pem = (maxLength: number) => Type.String({ pattern: '^\\s*-----BEGIN [A-Z0-9 ]+-----', maxLength, description: 'PEM' });
const token = text(255, 'at most 20 characters in OCPP 1.6');

const CONNECTION = Strict({
  slot: number31(), url: url('wss?'), security_profile: whole(0, 3), interface: Type.Enum([...INTERFACES]), message_timeout_seconds: whole(1, 3_600),
  identity: Optional(text(48, 'from OCPP 2.1 on')), basic_auth_password: Optional(Type.String({ maxLength: 64, description: 'from OCPP 2.1 on; neither shown nor kept' })),
  apn: Optional(Strict({ apn: text(512), user: Optional(text(50)), password: Optional(Type.String({ maxLength: 64 })),
    authentication: Type.Enum(['CHAP', 'NONE', 'PAP', 'AUTO']) })),
}, { description: 'of set_network_profile' });

const TIMELESS = {
  display_message_id: Optional(number31('of clear_display_message')),
  display_filter: Optional(Strict({
    ids: Optional(Type.Array(number31(), { minItems: 1, maxItems: 100 })), priority: Optional(Type.Enum([...DISPLAY_PRIORITIES])),
    state: Optional(Type.Enum([...DISPLAY_STATES])),
  }, { description: 'of get_display_messages; all unless told' })),
  report: Optional(Strict({
    base: Optional(Type.Enum([...REPORT_BASES], { description: 'a whole inventory' })),
    keys: Optional(Type.Array(text(101, 'Component or Component.Variable'), { minItems: 1, maxItems: 50 })),
    criteria: Optional(Type.Array(Type.Enum([...REPORT_CRITERIA]), { minItems: 1, maxItems: 4, uniqueItems: true })),
  }, { description: 'of get_report' })),
  variables: Optional(Type.Array(Strict({
    key: text(101, 'Component.Variable'), value: Type.String({ maxLength: 2_500 }), attribute: Optional(Type.Enum(['actual', 'target', 'min_set', 'max_set'])),
  }), { minItems: 1, maxItems: 50, description: 'of set_variables' })),
  network_profile: Optional(CONNECTION),
  signed_certificate: Optional(Strict({
    chain: pem(10_000), use: Optional(Type.Enum(['charging_station', 'v2g'])), request: Optional(Id('certificateRequest', "the station's request that it answers")),
  }, { description: 'of certificate_signed' })),
  root_certificate: Optional(Strict({ use: Type.Enum([...ROOT_CERTIFICATES]), pem: pem(10_000) }, { description: 'of install_certificate' })),
  certificate_uses: Optional(Type.Array(Type.Enum([...CERTIFICATE_USES]), {
    minItems: 1, maxItems: 5, uniqueItems: true, description: 'of get_installed_certificates; all unless told, but one in OCPP 1.6',
  })),
  certificate_hash: Optional(Strict({
    algorithm: Type.Enum([...HASH_ALGORITHMS]), issuer_name: text(128), issuer_key: text(128), serial_number: text(40),
  }, { description: 'of delete_certificate, as get_installed_certificates told' })),
  vendor_message: Optional(Strict({ vendor: text(255), message: Optional(text(50)), data: Optional(Type.String({ maxLength: 20_000 })) }, { description: 'of data_transfer' })),
  ocpp_transaction_id: Optional(text(36, 'of get_transaction_status, as the station names it; all unless told')),
  customer: Optional(Strict({
    report: Type.Boolean(), clear: Type.Boolean(), identifier: Optional(text(64)), token: Optional(token), token_type: Optional(Type.Enum([...TOKEN_TYPES])),
  }, { description: 'of customer_information' })),
};

/** @param isIn as callers write it, else as it is answered */
function parameters(isIn: boolean) {
  const time = times(isIn);
  return {
    local_list: Optional(Strict({
      update: Type.Enum(['full', 'differential']),
      tokens: Type.Array(Strict({
        token, type: Optional(Type.Enum([...TOKEN_TYPES], { description: 'in OCPP 2.x; rfid unless told' })),
        status: Optional(Type.Enum([...TOKEN_STATUSES], { description: 'a differential update takes out a token without one' })), expires: time('when it does'),
        group: Optional(text(255, 'tokens of one group stop what another has started')),
      }), { maxItems: 1_000 }),
    }, { description: 'of send_local_list; its version is kept here' })),
    firmware: Optional(Strict({
      url: url(FILES), retrieve: time('when to fetch it; now unless told'), install: time('when to install it'), signing_certificate: Optional(pem(5_500)),
      signature: Optional(text(800, 'base64; with it, 1.6 is told by SignedUpdateFirmware')), ...retries,
    }, { description: 'of update_firmware' })),
    log: Optional(Strict({
      kind: Type.Enum(['diagnostics', 'security']), url: url(FILES), start: time('oldest entry'), end: time('newest entry'), ...retries,
    }, { description: 'of get_log' })),
    profile: Optional(Strict({
      id: number31('another one with it takes its place'), purpose: Type.Enum([...PROFILE_PURPOSES]),
      stack_level: Optional(whole(0, 1_000, 'the highest counts; 0 unless told')),
      kind: Optional(Type.Enum(['absolute', 'relative', 'daily', 'weekly'], {
        description: 'counted from start, from each transaction, or again each day or week; absolute unless told',
      })),
      unit: Type.Enum(['A', 'W']), start: time('of the schedule; now unless told'), valid_from: time('not before'), valid_to: time('not after'),
      duration_seconds: Optional(seconds()),
      minimum: Optional(Type.Number({ minimum: 0, maximum: 1e7, multipleOf: 0.1, description: 'below it, charging is not efficient' })),
      periods: Type.Array(Strict({
        start_seconds: seconds('after the start of the schedule; the first at 0'), limit: Type.Number({ minimum: 0, maximum: 1e7, multipleOf: 0.1, description: 'in the unit' }),
        phases: Optional(whole(1, 3)),
      }), { minItems: 1, maxItems: 1_000 }),
    }, { description: 'of set_charging_profile' })),
    profile_filter: Optional(Strict({
      id: Optional(number31()), purpose: Optional(Type.Enum([...PROFILE_PURPOSES])), stack_level: Optional(whole(0, 1_000)),
    }, { description: 'of clear_charging_profile and get_charging_profiles; all unless told' })),
    schedule: Optional(Strict({ duration_seconds: whole(1, 31_536_000), unit: Optional(Type.Enum(['A', 'W'])) }, { description: 'of get_composite_schedule' })),
    display_message: Optional(Strict({
      id: number31('another one with it takes its place'), priority: Type.Enum([...DISPLAY_PRIORITIES]), content: text(1_024, 'at most 512 characters in OCPP 2.0.1'),
      format: Optional(Type.Enum(['ascii', 'html', 'uri', 'utf8'])), language: Optional(text(8, 'RFC 5646')), state: Optional(Type.Enum([...DISPLAY_STATES])),
      start: time('shown from then on'), end: time('and not after'), ocpp_transaction_id: Optional(text(36, 'while that transaction runs; as the station names it')),
    }, { description: 'of set_display_message' })),
    ...TIMELESS,
  };
}

export const operatorParametersIn = parameters(true);
export const operatorParametersOut = {
  ...parameters(false), request_id: Optional(Type.Integer({ description: 'by which later messages of the station name it' })),
  list_version: Optional(Type.Integer({ description: 'of a list that was sent' })),
};

export const LocalListOut = Type.Object({
  object: Type.Literal('station_local_list'), charging_station: Id('station'), list_version: Type.Integer({ description: 'of the list that the station took last' }),
  is_known: Type.Boolean({ description: 'false when an answer was lost: send it in full' }), tokens: Type.Array(Type.Object({}, { additionalProperties: true })),
  updated: Type.Union([InstantOut, Type.Null()]),
});

const anything = Type.Object({}, { additionalProperties: true });

export const StationVariableOut = Type.Object({
  id: Id('stationVariable'), object: Type.Literal('station_variable'), charging_station: Id('station'),
  component: Type.Object({}, { additionalProperties: true, description: 'as the station said it' }), variable: anything, attributes: Type.Array(anything),
  characteristics: Type.Union([anything, Type.Null()]), reported: InstantOut,
});

export const CertificateRequestOut = Type.Object({
  id: Id('certificateRequest'), object: Type.Literal('certificate_request'), charging_station: Id('station'), csr: Type.String({ description: 'PKCS #10, PEM' }),
  use: Type.Enum(['charging_station', 'v2g']), status: Type.Enum(['waiting', 'signed', 'refused']), received: InstantOut, finished: Type.Union([InstantOut, Type.Null()]),
});

export const FrameLogIn = Strict({ enabled: Type.Boolean(), until: times(true)('and no longer') });
export const FrameLogOut = Type.Object({
  object: Type.Literal('station_frame_log'), charging_station: Id('station'), enabled: Type.Boolean(), until: Type.Union([InstantOut, Type.Null()]),
  updated: Type.Union([InstantOut, Type.Null()]),
});

export const FrameOut = Type.Object({
  id: Id('stationFrame'), object: Type.Literal('station_frame'), charging_station: Id('station'),
  direction: Type.Enum(['in', 'out'], { description: 'from the station, or to it' }), frame: Type.String({ description: 'as it went by, but for passwords' }), at: InstantOut,
});
