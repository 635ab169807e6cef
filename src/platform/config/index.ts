import { readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const Count = (fallback: number, minimum = 1) => Type.Integer({ minimum, maximum: 1_000_000, default: fallback });

const BASE64 = '^[A-Za-z0-9+/]{40,}={0,2}$';

/** Everything that can be configured, by environment variable or by the same name in the configuration file. */
const Settings = Type.Object({
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'address to listen on' }),
  PORT: Type.Integer({ ...Port, default: 8080, description: 'port to listen on; 0 takes a free one' }),
  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://', description: 'a PostgreSQL server (15 or newer); without it, the embedded database' })),
  DATABASE_MAX_CONNECTIONS: Type.Integer({ ...Count(10, 2), description: 'most connections of this process to the server' }),
  DATABASE_PREPARE: Type.Boolean({ default: true, description: 'prepared statements; off behind a pooler in transaction mode' }),
  NATS_URL: Type.Optional(Type.String({ pattern: '^(nats|tls)://', description: 'NATS servers over which processes wake each other; else through the database' })),
  PLUGTIME_DATA: Type.String({ minLength: 1, default: './data', description: 'folder of the embedded database' }),
  PLUGTIME_DEMO_KEY: Type.Optional(Type.String({
    pattern: '^pt_sk_test_[0-9A-Za-z]{16,128}$', description: "secret key of the demo provider; else a fresh one, kept with the data",
  })),
  PLUGTIME_DEMO_SIMULATOR: Type.Optional(Type.Boolean({
    description: 'virtual charging stations connect as stations of the demo network; else they do with the embedded database only',
  })),
  PLUGTIME_PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'how callers reach this server, for links; else its own address' })),
  PLUGTIME_LOG: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], { default: 'info', description: 'least level that is logged' }),
  PLUGTIME_LOG_FORMAT: Type.Enum(['json', 'text'], { default: 'json', description: 'one JSON object a line, or text for people' }),
  PLUGTIME_BODY_LIMIT_BYTES: Type.Integer({ ...Count(1_048_576, 1024), maximum: 100_000_000, description: 'largest request body' }),
  PLUGTIME_RATE_LIMIT_PER_MINUTE: Type.Integer({ ...Count(6_000), description: 'requests of one key in a minute, in this process; of one subscriber of Beckn, too' }),
  PLUGTIME_PUBLIC_RATE_LIMIT_PER_MINUTE: Type.Integer({ ...Count(600), description: 'requests without a key from one address in a minute, in this process' }),
  PLUGTIME_GUEST_STARTS_PER_HOUR: Type.Integer({ ...Count(60), description: 'sessions that are begun without a key from one address in an hour, in this process' }),
  PLUGTIME_TRUST_PROXY: Type.Boolean({ default: false, description: 'take the caller\'s address from X-Forwarded-For' }),
  PLUGTIME_SWEEP_INTERVAL_MS: Type.Integer({ ...Count(1_000, 50), description: 'how often deadlines are looked at' }),
  PLUGTIME_ASSIGN_LEAD_MINUTES: Type.Integer({
    ...Count(30, 0), maximum: 2_880, description: 'how long before its window a flexible reservation is assigned',
  }),
  PLUGTIME_START_OTP_MINUTES: Type.Integer({
    ...Count(10, 0), maximum: 1_440, description: "how long a driver's password to start charging stands; 0: until the slot's end",
  }),
  PLUGTIME_OCPP_ALLOW_UNAUTHENTICATED: Type.Boolean({ default: false, description: 'charging stations of live networks may have security profile 0' }),
  PLUGTIME_OCPP_HEARTBEAT_SECONDS: Type.Integer({ ...Count(300, 5), maximum: 86_400, description: 'how often charging stations are told to send a Heartbeat' }),
  PLUGTIME_OCPP_PING_SECONDS: Type.Integer({ ...Count(60), maximum: 3_600, description: 'how often they are pinged; one that misses a whole turn is disconnected' }),
  PLUGTIME_OCPP_FRAME_LIMIT_BYTES: Type.Integer({ ...Count(262_144, 1024), maximum: 10_000_000, description: 'largest message of a charging station' }),
  PLUGTIME_OCPP_RATE_LIMIT_PER_MINUTE: Type.Integer({ ...Count(600), description: 'messages of one charging station in a minute; it is read more slowly then' }),
  PLUGTIME_OCPP_CONNECTS_PER_MINUTE: Type.Integer({ ...Count(30), description: 'attempts to connect as one charging station from one address in a minute' }),
  PLUGTIME_OCPP_TLS_CERT: Type.Optional(Type.String({ minLength: 1, description: 'PEM file: certificate (and chain) of a port of its own for charging stations over TLS' })),
  PLUGTIME_OCPP_TLS_KEY: Type.Optional(Type.String({ minLength: 1, description: 'PEM file: its key' })),
  PLUGTIME_OCPP_TLS_CLIENT_CA: Type.Optional(Type.String({ minLength: 1, description: 'PEM file: who signs the certificates of charging stations' })),
  PLUGTIME_OCPP_TLS_PORT: Type.Integer({ ...Port, default: 8443, description: 'that port; 0 takes a free one' }),
  PLUGTIME_OCPP_AWAY_MINUTES: Type.Integer({ ...Count(5), maximum: 10_080, description: 'how long a charging station may be away before its EVSEs show UNKNOWN' }),
  PLUGTIME_FAULT_MINUTES: Type.Integer({ ...Count(5, 0), maximum: 1_440, description: 'how long a charging station says that an EVSE does not work before that is an outage' }),
  PLUGTIME_ARM_LEAD_SECONDS: Type.Integer({ ...Count(60, 0), maximum: 3_600, description: 'how long before a booked slot its charging station is told to keep it' }),
  PLUGTIME_START_WITHIN_SECONDS: Type.Integer({
    ...Count(120, 10), maximum: 3_600, description: 'a session that was asked for and has not begun within that time is cancelled, and what was held for it released',
  }),
  PLUGTIME_ADJUST_STATIONS: Type.Boolean({
    default: true, description: 'after each boot, settings by which a charging station starts without asking us are read, changed and read back',
  }),
  PLUGTIME_OCPP_CLIENT_CERT_HEADER: Type.String({
    pattern: '^[A-Za-z0-9-]+$', default: 'client-cert', description: 'header in which the proxy hands on verified client certificates (with PLUGTIME_TRUST_PROXY)',
  }),
  PLUGTIME_OUTBOUND_ALLOW_PRIVATE: Type.Boolean({ default: false, description: 'webhooks may go to private addresses and over plain http (development only)' }),
  PLUGTIME_SMTP_URL: Type.Optional(Type.String({ pattern: '^smtps?://', description: 'e-mail of live networks: the mail server, with user and password' })),
  PLUGTIME_MAIL_FROM: Type.Optional(Type.String({ pattern: '^[^\\r\\n]*[^\\s@<>]+@[^\\s@<>]+>?$', description: 'sender of e-mail, like Plugtime <no-reply@example.org>' })),
  PLUGTIME_SMS_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'SMS of live networks: where the gateway takes a POST' })),
  PLUGTIME_SMS_BODY: Type.Optional(Type.String({ minLength: 1, description: 'what is posted, with {to}, {text} and other placeholders' })),
  PLUGTIME_SMS_HEADERS: Type.Optional(Type.String({ minLength: 2, description: 'headers of that POST, as a JSON object; its content-type decides how placeholders are written' })),
  PLUGTIME_SMS_TEMPLATES: Type.Optional(Type.String({ minLength: 2, description: "the gateway's template id by kind of notice, as a JSON object, for {template}" })),
  PLUGTIME_VAPID_PUBLIC_KEY: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{87}$', description: 'push messages of live networks: the public key (VAPID)' })),
  PLUGTIME_VAPID_PRIVATE_KEY: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: 'its private key' })),
  PLUGTIME_VAPID_SUBJECT: Type.Optional(Type.String({ pattern: '^(mailto:|https://)', description: 'whom push services turn to' })),
  STRIPE_SECRET_KEY: Type.Optional(Type.String({
    pattern: '^[rs]k_(test|live)_', description: 'payments through Stripe: its secret or restricted key; a test key collects in the sandbox',
  })),
  STRIPE_WEBHOOK_SECRET: Type.Optional(Type.String({ pattern: '^whsec_', description: 'of the webhook that Stripe notifies of payments' })),
  STRIPE_API_URL: Type.Optional(Type.String({ pattern: '^https?://', description: "another server that speaks Stripe's API, for tests" })),
  RAZORPAY_KEY_ID: Type.Optional(Type.String({ pattern: '^rzp_(test|live)_', description: 'payments through Razorpay: its key id; a test key collects in the sandbox' })),
  RAZORPAY_KEY_SECRET: Type.Optional(Type.String({ minLength: 1, description: 'of that key' })),
  RAZORPAY_WEBHOOK_SECRET: Type.Optional(Type.String({ minLength: 1, description: 'of the webhook that Razorpay notifies of payments' })),
  RAZORPAY_API_URL: Type.Optional(Type.String({ pattern: '^https?://', description: "another server that speaks Razorpay's API, for tests" })),
  RAZORPAY_UPI_FLOW: Type.Optional(Type.Enum(['intent', 'collect'], {
    description: 'how drivers are asked to pay by UPI, where Razorpay lets the account ask them; else there are payment links only',
  })),
  RAZORPAY_PAYER_EMAIL: Type.Optional(Type.String({
    pattern: '^[^@\\s]+@[^@\\s]+$', description: 'e-mail address that Razorpay is told for payers by UPI, of whom none is kept here',
  })),
  RAZORPAY_PAYER_PHONE: Type.Optional(Type.String({ pattern: '^\\+?[0-9]{8,15}$', description: 'phone number that Razorpay is told for payers by UPI' })),
  PLUGTIME_BECKN_SUBSCRIBER_ID: Type.Optional(Type.String({
    pattern: '^[^|"\\s]{1,255}$', description: 'takes part in Beckn networks under this subscriber id; without it, there is no Beckn',
  })),
  PLUGTIME_BECKN_KEY_ID: Type.Optional(Type.String({ pattern: '^[^|"\\s]{1,255}$', description: 'unique id of the signing key, as the registry has it' })),
  PLUGTIME_BECKN_SIGNING_KEY: Type.Optional(Type.String({ pattern: BASE64, description: 'private Ed25519 key, base64' })),
  PLUGTIME_BECKN_ENCRYPTION_KEY: Type.Optional(Type.String({ pattern: BASE64, description: "private X25519 key, base64, for the registry's challenge" })),
  PLUGTIME_BECKN_REGISTRY_ENCRYPTION_KEY: Type.Optional(Type.String({ pattern: BASE64, description: "the registry's public X25519 key, base64" })),
  PLUGTIME_BECKN_REGISTRY_SIGNING_KEY: Type.Optional(Type.String({
    pattern: BASE64, description: "the registry's public Ed25519 key, base64: its challenges must then be signed with it",
  })),
  PLUGTIME_BECKN_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'where other subscribers reach us; else this server\'s address with /beckn' })),
  PLUGTIME_BECKN_REGISTRY_FILE: Type.Optional(Type.String({ minLength: 1, description: 'registry in a file, for development: a JSON list of subscribers' })),
  PLUGTIME_BECKN_REGISTRY_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'registry of Beckn 1: asked with POST /lookup' })),
  PLUGTIME_BECKN_DEDI_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'registry of Beckn 2: DeDi, asked with GET /lookup/…' })),
  PLUGTIME_BECKN_DEDI_REGISTRY: Type.String({ minLength: 1, default: 'subscribers.beckn.one', description: 'name of the registry that DeDi is asked for' }),
  PLUGTIME_BECKN_ADAPTER_URL: Type.Optional(Type.String({
    pattern: '^https?://', description: 'client URL of a Protocol Server or ONIX adapter, which then signs, verifies and delivers for us',
  })),
  PLUGTIME_BECKN_WEBHOOK_TOKEN: Type.Optional(Type.String({
    pattern: '^[A-Za-z0-9_-]{16,128}$', description: 'secret part of the path /beckn/webhook/… at which that adapter hands messages on',
  })),
  PLUGTIME_BECKN_CATALOG_URL: Type.Optional(Type.String({ pattern: '^https?://', description: 'where our catalogue is published to, by catalog_publish of Beckn 2.0 rc' })),
  PLUGTIME_BECKN_CATALOG_ID: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'subscriber id of the service that takes it' })),
  PLUGTIME_BECKN_CATALOG_DOMAIN: Type.String({ default: 'beckn.one:deg:ev-charging', description: 'domain in which it is published' }),
  PLUGTIME_BECKN_CATALOG_SECONDS: Type.Integer({ ...Count(15, 1), maximum: 3_600, description: 'how long several changes are waited for before they are published' }),
  PLUGTIME_BECKN_CLOCK_SKEW_SECONDS: Type.Integer({ ...Count(60, 0), maximum: 600, description: 'how far ahead of our clock signatures of Beckn may be created' }),
  PLUGTIME_BECKN_BODY_LIMIT_BYTES: Type.Integer({ ...Count(2_097_152, 1024), maximum: 100_000_000, description: 'largest message of Beckn' }),
  PLUGTIME_BECKN_CONFIRM_OTP: Type.Boolean({ default: false, description: 'orders of Beckn are confirmed with a password that their driver is sent' }),
  PLUGTIME_BECKN_START_OTP: Type.Boolean({ default: false, description: 'charging of Beckn 2.0 rc is started with a password that its driver is sent' }),
  PLUGTIME_BECKN_ACK_FORM: Type.Enum(['flat', 'message'], {
    default: 'flat', description: 'how messages of Beckn 2.0 rc are acknowledged: as its schema has it, or {"message":{"ack":…}} as networks in production do',
  }),
  PLUGTIME_BECKN_KEEP_PEOPLE_DAYS: Type.Integer({
    ...Count(180), description: 'how long after an order of Beckn is over it keeps who was billed and who charged, as its app has told',
  }),
  PLUGTIME_BECKN_BANK_CODE: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9]{4,20}$', description: 'bank of the account that apps of Beckn are told for bank transfers' })),
  PLUGTIME_BECKN_BANK_ACCOUNT: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9]{4,34}$', description: 'that account' })),
  PLUGTIME_BECKN_SUPPORT_PHONE: Type.Optional(Type.String({ minLength: 5, maxLength: 30, description: 'phone number that apps of Beckn are told for support' })),
  PLUGTIME_BECKN_SUPPORT_EMAIL: Type.Optional(Type.String({ pattern: '^[^@ ]+@[^@ ]+$', description: 'e-mail address that apps of Beckn are told for support' })),
}, { additionalProperties: false });

export type Config = Static<typeof Settings>;

/** A setting that can't be used; `problems` name each of them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`The configuration can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the configuration: defaults, then the file that `PLUGTIME_CONFIG` names (JSON), then the environment, which wins.
 * Throws a ConfigError that names every setting that is wrong, and every unknown one in the file or with our prefix.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const raw: Record<string, unknown> = { ...readFile(env.PLUGTIME_CONFIG, problems) };
  for (const name of Object.keys(Settings.properties)) {
    if (env[name] !== undefined && env[name] !== '') raw[name] = fromText(env[name], (Settings.properties as Record<string, { type?: string }>)[name]!.type);
  }
  for (const name of Object.keys(raw).filter((candidate) => !Object.hasOwn(Settings.properties, candidate))) {
    problems.push(`${name}: there is no such setting`);
    delete raw[name];
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith('PLUGTIME_') && name !== 'PLUGTIME_CONFIG' && !(name in Settings.properties)) problems.push(`${name}: there is no such setting`);
  }
  const config = Value.Default(Settings, raw) as Config;
  for (const error of Value.Errors(Settings, config)) problems.push(`${error.instancePath.slice(1) || 'the file'}: ${error.message}${shown(raw, error.instancePath.slice(1))}`);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readFile(path: string | undefined, problems: string[]): Record<string, unknown> {
  if (!path) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    problems.push(`PLUGTIME_CONFIG: ${path} must hold one JSON object`);
  } catch (error) {
    problems.push(`PLUGTIME_CONFIG: ${path} can't be read: ${(error as Error).message}`);
  }
  return {};
}

function fromText(text: string, type: string | undefined): unknown {
  if (type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  return text;
}

/** Secrets and URLs with passwords never reach a message. */
function shown(raw: Record<string, unknown>, name: string): string {
  const isSecret = /KEY|SECRET|URL|TOKEN|HEADERS|BODY(?!_LIMIT)/.test(name);
  return isSecret || !(name in raw) ? '' : ` (it is ${JSON.stringify(raw[name])})`;
}

/** The settings with their defaults and meaning, for `--help` and the documentation. */
export function describeConfig(): { name: string; fallback: unknown; description: string }[] {
  return Object.entries(Settings.properties).map(([name, schema]) => {
    const { default: fallback, description } = schema as { default?: unknown; description?: string };
    return { name, fallback, description: description ?? '' };
  });
}
