/** The command line. */
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { AssignArgs } from './commands/assign.ts';
import type { SignArgs, VerifyArgs } from './commands/beckn.ts';
import { EXIT } from './commands/command.ts';
import type { ImportArgs } from './commands/import.ts';
import type { KeysArgs } from './commands/keys.ts';
import type { LedgerArgs } from './commands/ledger.ts';
import type { PaymentsArgs } from './commands/payments.ts';
import type { SimulateArgs } from './commands/simulate.ts';
import type { StoryArgs } from './commands/story.ts';
import type { SimulatePolicyArgs } from './commands/simulate-policy.ts';
import { SCOPES, type Scope } from './domain/organisations/index.ts';
import { IMPORT_FORMATS } from './domain/stations/import/index.ts';
import { ConfigError, describeConfig, readConfig, type Config } from './platform/config/index.ts';

const program = new Command('plugtime').description('Book the plug before you drive: an open charging network in one program.').showHelpAfterError();
// Before the commands are added: they take it over from here.
program.exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage));

/** Ends with the exit code of the work: 0 done, 1 failed, 2 wrong use or configuration, 3 done in part (an import that refused records). */
function run(work: (config: Config) => Promise<number>): Promise<void> {
  const main = async (): Promise<number> => work(readConfig());
  return main().then((code) => void (process.exitCode = code), (error: unknown) => {
    const message = error instanceof ConfigError || process.env.PLUGTIME_LOG !== 'debug' ? (error as Error).message : (error as Error).stack;
    process.stderr.write(`plugtime: ${message}\n`);
    process.exitCode = error instanceof ConfigError ? EXIT.usage : EXIT.failed;
  });
}

const onDatabase = (name: string, args: unknown) => run(async (config) => (await import('./commands/run.ts')).runOnDatabase(config, name, args));
const mode = () => new Option('--mode <mode>', 'which network').choices(['sandbox', 'live']).default('sandbox');

program.command('serve').description('start the server').option('--demo', 'with the demo network, as `npm start` does')
  .addHelpText('after', `\nSettings (environment, or a JSON file named by PLUGTIME_CONFIG):\n${settingsHelp()}`)
  .action((options: { demo?: boolean }) => run(async (config) => (await import('./commands/serve.ts')).serve(config, { isDemo: options.demo === true })));

program.command('demo').description('load the demo network into the sandbox and print its API key').action(() => onDatabase('demo', {}));

program.command('migrate').description('bring the database up to date').action(() => onDatabase('migrate', {}));

program.command('import').description('load stations from a file; run again, it goes on where it stopped')
  .argument('<file>', 'file of locations')
  .addOption(new Option('--format <format>', 'what the file is').choices(IMPORT_FORMATS).makeOptionMandatory())
  .requiredOption('--operator <slug>', 'operator that the locations belong to; made when there is none')
  .addOption(mode())
  .option('--mapping <file>', 'column mapping of a csv (JSON)').option('--points <file>', 'second csv: EVSEs').option('--connectors <file>', 'another csv: connectors')
  .option('--report <file>', 'write what was refused, and why, as JSON lines').option('--country <country>', 'where the source names none')
  .option('--time-zone <zone>', 'where the source names none; else from the position').option('--operator-name <name>', 'the brand that drivers know')
  .option('--batch <n>', 'locations in one transaction', (text) => Number.parseInt(text, 10))
  .action((path: string, o: Record<string, string> & { batch?: number }) => onDatabase('import', {
    path: absolute(path), format: o.format as ImportArgs['format'], operator: o.operator!, mode: o.mode as ImportArgs['mode'], mappingPath: absolute(o.mapping),
    pointsPath: absolute(o.points), connectorsPath: absolute(o.connectors), reportPath: absolute(o.report), batchSize: o.batch,
    defaults: { country: o.country, timeZone: o.timeZone, operator: o.operatorName },
  } satisfies ImportArgs));

const keys = program.command('keys').description('organisations and their API keys');
const onKeys = (args: KeysArgs) => onDatabase('keys', args);
keys.command('organisations').description('list organisations: id, mode, slug, roles, name').action(() => onKeys({ do: 'organisations' }));
keys.command('add-organisation').description('add an organisation; prints its id and its first secret key').argument('<slug>').addOption(mode())
  .requiredOption('--name <name>', 'its name').addOption(new Option('--role <role...>', 'what it does').choices(['operator', 'provider']).makeOptionMandatory())
  .option('--country-code <cc>', 'ISO 3166-1 alpha-2').option('--party-id <id>', 'OCPI party id')
  .action((slug: string, o: { mode: 'live' | 'sandbox'; name: string; role: ('operator' | 'provider')[]; countryCode?: string; partyId?: string }) =>
    onKeys({ do: 'add-organisation', slug, mode: o.mode, name: o.name, roles: o.role, countryCode: o.countryCode, partyId: o.partyId }));
keys.command('list').description("list an organisation's keys").argument('<organisation>', 'its slug').addOption(mode())
  .action((organisation: string, o: { mode: 'live' | 'sandbox' }) => onKeys({ do: 'list', organisation, mode: o.mode }));
keys.command('create').description('make a key; prints its id and its secret').argument('<organisation>', 'its slug').addOption(mode())
  .option('--name <name>', 'what it is for', 'cli')
  .addOption(new Option('--scope <scope...>', 'make a restricted key with these').choices(SCOPES))
  .action((organisation: string, o: { mode: 'live' | 'sandbox'; name: string; scope?: Scope[] }) =>
    onKeys({ do: 'create', organisation, mode: o.mode, name: o.name, scopes: o.scope }));
keys.command('revoke').description('revoke a key, at once').argument('<id>').action((id: string) => onKeys({ do: 'revoke', id }));

program.command('ledger').description('the money of the installation').command('trial-balance')
  .description('sum all accounts, by mode, currency and kind: how many, balance, pending (minor units); fails when they do not balance')
  .addOption(new Option('--mode <mode>', 'which network; else all').choices(['sandbox', 'live']))
  .action((o: Pick<LedgerArgs, 'mode'>) => onDatabase('ledger', { do: 'trial-balance', mode: o.mode } satisfies LedgerArgs));

program.command('payments').description('payments through providers').command('reconcile')
  .description('hold what payment providers have against payments and the ledger, line by line, with sums (minor units); fails when anything differs')
  .option('--from <time>', 'RFC 3339; a day before the end').option('--to <time>', 'RFC 3339; now')
  .option('--provider <id>', 'sandbox, stripe or razorpay; else all that are configured')
  .action((o: Omit<PaymentsArgs, 'do'>) => onDatabase('payments', { ...o, do: 'reconcile' } satisfies PaymentsArgs));

program.command('simulate-policy').description('what a booking policy would have done to what drivers asked for; prints JSON')
  .argument('<operator>', 'slug of the operator').addOption(mode())
  .requiredOption('--set <field=value...>', 'what shall be different from the policy in force: no_show_minutes=10 mode=booking_only')
  .option('--location <id>', "one location; else all of the operator's").option('--start <time>', 'RFC 3339; 30 days before the end').option('--end <time>', 'RFC 3339; now')
  .action((operator: string, o: Omit<SimulatePolicyArgs, 'operator'>) => onDatabase('simulate-policy', { ...o, operator } satisfies SimulatePolicyArgs));

program.command('simulate').description('virtual charging stations that connect to a central system by OCPP; tells in plain text what happens (docs/simulator.md)')
  .requiredOption('--url <url>', 'ws://host/ocpp/operator; with --api-key the server itself, http://host')
  .option('--api-key <key>', "of an operator in a sandbox: its stations get fresh passwords, and the simulator takes their place")
  .addOption(new Option('--stations <n>', 'how many').default(1).argParser(wholeNumber)).option('--identity <identity...>', 'who they are; else a prefix and a number')
  .option('--prefix <prefix>', 'of identities', 'SIM-').option('--password <password>', 'of all of them')
  .addOption(new Option('--protocol <protocol>', 'what they speak').choices(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1', 'mix']).default('ocpp1.6'))
  .addOption(new Option('--evses <n>', 'EVSEs of each, with a connector').default(1).argParser(wholeNumber))
  .addOption(new Option('--power-kw <n>', 'of each connector').default(60).argParser(wholeNumber)).option('--ac', 'AC instead of DC')
  .option('--scenario <scenario>', 'name or file of a scenario that each plays; else drivers come and go')
  .option('--tag <tag...>', 'cards of drivers', ['SIMULATED']).addOption(new Option('--cars-per-day <n>', 'at each EVSE').default(8).argParser(wholeNumber))
  .addOption(new Option('--troubles-per-day <n>', 'lost networks and power losses at each station').default(0).argParser(wholeNumber))
  .addOption(new Option('--speed <n>', 'so many times as fast as real time').default(1).argParser(wholeNumber))
  .addOption(new Option('--seed <n>', 'of the random choices').default(1).argParser(wholeNumber))
  .addOption(new Option('--minutes <n>', 'ends after so many, of its own time').argParser(wholeNumber))
  .option('--frames', 'tell every frame').option('--quiet', 'tell sums only')
  .action((o: SimulateArgs) => run(async () => (await import('./commands/simulate.ts')).simulate(o)));

program.command('story').description('tell the story of a booked charge as it happens on the running program: found, paid, started by a password, interrupted, billed')
  .option('--url <url>', 'of a server; else one of its own is started, on a database that is gone afterwards').option('--api-key <key>', 'of a sandbox, whose test clock is moved')
  .addOption(new Option('--network <network>',
    'between two platforms of its own, which talk over an open network; fails when they do not agree').choices(['beckn']).conflicts('url'))
  .action(({ network, ...o }: StoryArgs & { network?: 'beckn' }) => run(async () => {
    const { story, storyBetween } = await import('./commands/story.ts');
    return network === undefined ? story(o) : storyBetween();
  }));

program.command('assign').description('solve an assignment problem that is written down as JSON (docs/assignment.md); prints who gets what, and why')
  .argument('[file]', 'the problem; - or none: standard input')
  .addOption(new Option('--effort <effort>', 'how much work is done').choices(['greedy', 'quick', 'thorough']).default('thorough'))
  .addOption(new Option('--seed <n>', 'of the random choices, a whole number').default(1).argParser(wholeNumber)).option('--out <file>', 'write the answer to a file')
  .action((path: string | undefined, o: Omit<AssignArgs, 'path'>) => run(async () => (await import('./commands/assign.ts')).assignFromFile({ ...o, path })));

program.command('price').description('price charge detail records: reads {tariff, cdr, tz} of OCPI 2.2.1 as JSON, one a line, and prints a report of each (docs/prices.md)')
  .argument('[file]', 'the lines; - or none: standard input')
  .action((path: string | undefined) => run(async () => (await import('./commands/price.ts')).priceLines(path)));

const beckn = program.command('beckn').description('messages of Beckn, one on standard input, its raw bytes; registries; a sandbox');
const at = () => new Option('--at <time>', 'as if it were then (RFC 3339); now');
const requestSignature = () => new Option('--request-signature <base64>', 'of the request that this answers: the fourth line');
beckn.command('sign').description('print the header that signs the message').requiredOption('--subscriber <id>', 'who signs')
  .requiredOption('--key-id <id>', 'unique id of the key').requiredOption('--key <key>', 'private Ed25519 key in base64, or a file that holds it')
  .option('--lifetime <seconds>', 'how long it is good; 300').addOption(requestSignature()).addOption(at())
  .action((o: SignArgs) => run(async () => (await import('./commands/beckn.ts')).sign(o)));
beckn.command('verify').description('tell whose signature a header is, of the message; fails when it is nobody\'s')
  .requiredOption('--header <text>', 'the value of Authorization').requiredOption('--registry <where>', 'a file of subscribers, the URL of a version 1 registry, or dedi+URL')
  .option('--dedi-registry <name>', 'registry that DeDi is asked for', 'subscribers.beckn.one').option('--skew <seconds>', 'how far ahead it may be created', '60')
  .addOption(requestSignature()).addOption(at()).action((o: VerifyArgs) => run(async () => (await import('./commands/beckn.ts')).verify(o)));
beckn.command('check').description('tell what the message is and what stands against it; fails when something does')
  .option('--schemas <folder>', 'folder of published schemas, which holds v1.1/ and v2-rc/').addOption(at())
  .action((o: { schemas?: string; at?: string }) => run(async () => (await import('./commands/beckn.ts')).check(o)));
beckn.command('subscribe').description('ask the configured registry to list us; the running server answers its challenge')
  .addOption(new Option('--type <type>', 'as what').choices(['BPP', 'BAP']).default('BPP')).option('--domain <domain>', 'of the network', 'deg:ev-charging')
  .action((o: { type: 'BAP' | 'BPP'; domain: string }) => run(async (config) => (await import('./commands/beckn.ts')).listUs(config, o)));
beckn.command('network').description('set up a network of others, in which drivers can buy charging, or change the one with that ref')
  .requiredOption('--ref <ref>', 'what you call it').requiredOption('--name <name>', 'what drivers read').option('--live', 'of the live network; else of the sandbox', false)
  .requiredOption('--settings <json>', 'generation, search_url, domain and what docs/other-networks.md names').action((o: object) => onDatabase('beckn-network', o));
beckn.command('catalogues').description('print what of our catalogue is published, and what the catalogue service has said of it; fails when any of it was refused')
  .action(() => onDatabase('beckn-catalogues', {}));
beckn.command('sandbox').description('run stand-ins of a registry, a gateway and a catalogue service, for development').option('--port <port>', 'to listen on', '8090')
  .option('--host <address>', 'to listen on', '127.0.0.1').action((o: { port: string; host: string }) => run(async () => (await import('./commands/beckn.ts')).sandbox(o)));

program.command('openapi').description('print the OpenAPI 3.1 document').option('--out <file>', 'write it to a file')
  .action((o: { out?: string }) => run(async (config) => (await import('./commands/openapi.ts')).openapi(config, o.out)));

program.command('conformance').description("check the program against payloads and data that others made").argument('<folder...>',
  'folders that hold beckn/…, ocpi/… or stations/…')
  .action((folders: string[]) => run(async () => (await import('./commands/conformance.ts')).conformance(folders)));

program.command('bench').description('run a benchmark of bench/').argument('[name]', 'without one, lists them').argument('[args...]', 'what it takes').allowUnknownOption()
  .action((name: string | undefined, args: string[]) => run(async () => (await import('./commands/bench.ts')).bench(name, args)));

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at most nine digits.');
}

function absolute(path: string): string;
function absolute(path: string | undefined): string | undefined;
function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

function settingsHelp(): string {
  const fallbackOf = (value: unknown): string => (value === undefined ? '' : ` (${JSON.stringify(value)})`);
  return describeConfig().map(({ name, fallback, description }) => `  ${name.padEnd(40)} ${description}${fallbackOf(fallback)}`).join('\n');
}

await program.parseAsync();
