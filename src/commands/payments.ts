import { newNoticeSecret, openProviders } from '../integrations/index.ts';
import { reconcile, type Difference, type PaymentProvider, type Reconciliation } from '../domain/payments/index.ts';
import { DAY_MS, processNow, toRfc3339, type EpochMs } from '../platform/clock/index.ts';
import { EXIT, type Command, type CommandIo } from './command.ts';

export interface PaymentsArgs {
  do: 'reconcile';
  /** RFC 3339; a day before the end */
  from?: string;
  /** RFC 3339; now */
  to?: string;
  /** all that are configured, when not given */
  provider?: string;
}

/** Prints what differs between payment providers, payments and the ledger, and the sums of each side. Fails when anything differs. */
export const payments: Command = async (runtime, args, io, config) => {
  const { from, to, provider: wanted } = args as PaymentsArgs;
  const time = timeOf(from, to);
  const opened = openProviders({ config, database: runtime.database, publicUrl: () => config.PLUGTIME_PUBLIC_URL ?? '', noticeSecret: newNoticeSecret() });
  const providers = [...opened.values()].filter(({ id }) => wanted === undefined || id === wanted);
  if (!time) {
    io.note('Times are written as 2026-11-21T00:00:00Z, and the first must be before the second.');
    return EXIT.usage;
  }
  if (providers.length === 0) {
    io.note(`No payment provider "${wanted}" is configured.`);
    return EXIT.usage;
  }
  io.note(`From ${toRfc3339(time.from)} to ${toRfc3339(time.to)}, by the time of the providers.`);
  let differences = 0;
  for (const provider of providers) differences += (await reconcileOne(provider, (tell) => reconcile(runtime.database, provider, time, tell), io)).differences;
  io.note(differences === 0 ? 'Nothing differs.' : `${differences} ${differences === 1 ? 'difference' : 'differences'}.`);
  return differences === 0 ? EXIT.ok : EXIT.failed;
};

async function reconcileOne({ id }: PaymentProvider, run: (tell: (found: Difference) => void) => Promise<Reconciliation>, io: CommandIo): Promise<Reconciliation> {
  const line = (...cells: (string | number | bigint)[]): void => io.out([id, ...cells].join('\t'));
  const done = await run(({ kind, currency, id: ours, ref, here, there }) => line(currency, kind.toUpperCase(), ours, ref, here, there));
  for (const { currency, here, there } of done.sums) {
    for (const [side, { payments: count, heldMinor, capturedMinor, refundedMinor }] of [['here', here], ['there', there]] as const) {
      line(currency, 'sum', side, count, `held ${heldMinor}`, `captured ${capturedMinor}`, `refunded ${refundedMinor}`);
    }
  }
  if (done.busy > 0) io.note(`${id}: ${done.busy} payments are being changed just now and were left out.`);
  return done;
}

/** Undefined when that is no time. */
function timeOf(from: string | undefined, to: string | undefined): { from: EpochMs; to: EpochMs } | undefined {
  try {
    const end = to === undefined ? processNow() : Temporal.Instant.from(to).epochMilliseconds;
    const begin = from === undefined ? end - DAY_MS : Temporal.Instant.from(from).epochMilliseconds;
    return begin < end ? { from: begin, to: end } : undefined;
  } catch {
    return undefined;
  }
}
