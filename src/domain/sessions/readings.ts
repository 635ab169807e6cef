/** What the meter of a session showed, as it was told. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import type { Session } from './session.ts';
import { listReadings, pageOfReadings, type ReadingCursor, type StoredReading } from './store-readings.ts';

/** A value that the meter has signed, word for word (SES-22). */
export interface SignedValue {
  at: EpochMs;
  /** how what is signed is written: `OCMF`, …; null where nobody said */
  encoding: string | null;
  /** how it was signed; null or empty where the data says it itself */
  method: string | null;
  publicKey: string | null;
  data: string;
}

/** Oldest first. Whoever calls has made sure that the caller may see the session. */
export function readingsOf(ctx: Context, session: Session, page: { after?: ReadingCursor; limit: number }): Promise<StoredReading[]> {
  return pageOfReadings(ctx.tx, session.id, page);
}

/** Oldest first. Whoever calls has made sure that the caller may see the session. */
export async function signedValuesOf(ctx: Context, session: Session): Promise<SignedValue[]> {
  return (await listReadings(ctx.tx, session.id)).flatMap(({ at, signed }) => (Array.isArray(signed) ? signed : []).map((value: unknown) => signedValue(at, value)));
}

/** In 1.6 it is a text that nobody describes, in 2.x an object. */
function signedValue(at: EpochMs, value: unknown): SignedValue {
  const { value: text, signedMeterData, encodingMethod, signingMethod, publicKey } = value as Record<string, string | undefined>;
  const data = signedMeterData ?? text ?? '';
  return { at, encoding: encodingMethod ?? (data.startsWith('OCMF|') ? 'OCMF' : null), method: signingMethod ?? null, publicKey: publicKey ?? null, data };
}
