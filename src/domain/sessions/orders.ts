/** What a station is told for a session. */
import { orderStation, targetAt, type StationCommand } from '../chargers/index.ts';
import { findTokenByUid } from '../drivers/index.ts';
import type { Context } from '../organisations/index.ts';
import { findStation, loadLocation } from '../stations/index.ts';
import type { Session } from './session.ts';
import type { ChargingTransaction } from './transaction.ts';

const LIMIT_EXPIRES_SECONDS = 60;

/** To begin; it expires with the session's deadline. */
export async function orderStart(ctx: Context, session: Session): Promise<StationCommand> {
  const groupToken = (await findTokenByUid(ctx, session.tokenUid!))?.groupUid;
  return orderStation(ctx, { stationId: session.stationId!, operatorId: session.operatorId }, 'start_transaction', {
    target: await targetOf(ctx, session), token: session.tokenUid!, ...(groupToken === undefined ? {} : { groupToken }), remoteStartId: session.remoteStartId!,
  }, { expiresInSeconds: Math.max(1, Math.floor((session.startBy! - ctx.now) / 1_000)), subject: session.id });
}

/** To let no more than so much flow; null: what the vehicle wants. */
export async function orderLimit(ctx: Context, session: Session, transaction: ChargingTransaction, limitA: number | null): Promise<StationCommand> {
  return orderStation(ctx, { stationId: session.stationId!, operatorId: session.operatorId }, 'limit_charging', {
    target: await targetOf(ctx, session), transaction: transaction.ref, limitA,
  }, { expiresInSeconds: LIMIT_EXPIRES_SECONDS, subject: session.id });
}

/** That somebody pays on a page, and until when; of no use once they have. */
export async function orderPaymentNotice(ctx: Context, session: Session, timeoutSeconds: number): Promise<StationCommand> {
  return orderStation(ctx, { stationId: session.stationId!, operatorId: session.operatorId }, 'notify_web_payment', {
    target: await targetOf(ctx, session), timeoutSeconds,
  }, { expiresInSeconds: LIMIT_EXPIRES_SECONDS, subject: session.id });
}

async function targetOf(ctx: Context, { locationId, stationId, evseId, connectorId }: Session) {
  const location = (await loadLocation(ctx.tx, locationId))!;
  return targetAt(findStation(location, stationId!)!, connectorId === null ? { evse: evseId } : { connector: connectorId });
}
