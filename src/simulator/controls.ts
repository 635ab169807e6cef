/** What the central system may ask of a station, without the words of a version. */
import { authorize, begin, freeConnector, isEvseTaken, refresh, stop, stopAuthorised, type Beginning } from './charging.ts';
import { boot, beat, reboot } from './life.ts';
import type { Connector, Station, Transaction } from './model.ts';
import { addProfile, matches, type Profile, type ProfileFilter } from './profiles.ts';
import { endReservation, reservationFor } from './reservations.ts';
import { say, tellAll, tellStatus } from './status.ts';

/** what a call says is answered; what follows comes afterwards */
export interface Done {
  isAccepted: boolean;
  after?: () => void;
}

const REFUSED: Done = { isAccepted: false };

export function remoteStart(station: Station, wanted: Connector | undefined, beginning: Beginning): Done & { connector?: Connector } {
  const connector = wanted ?? freeConnector(station);
  if (!connector || !station.isRegistered || connector.fault !== undefined || !connector.isOperative || connector.transaction?.isAuthorised) return REFUSED;
  if (connector.isFinishing || isEvseTaken(station, connector)) return REFUSED;
  const { isFree, needsGroup } = reservationFor(station, connector, beginning.tag.value, beginning.group);
  const asks = station.settings.flag('authorizeRemote') && beginning.tag.type !== 'NoAuthorization';
  if (!isFree && !station.faults.remoteStartIgnoresReservations && !(asks && needsGroup)) return REFUSED;
  const after = async (): Promise<void> => {
    const known = asks ? await authorize(station, beginning.tag) : undefined;
    const group = known?.group ?? beginning.group;
    const isAllowed = station.faults.remoteStartIgnoresReservations === true || reservationFor(station, connector, beginning.tag.value, group).isFree;
    if (known?.isAccepted === false || !isAllowed) station.emit('tag_refused', { tag: beginning.tag.value, why: known?.status ?? 'the connector is reserved' }, connector);
    else if (!connector.transaction?.isAuthorised) begin(station, connector, { ...beginning, group }, 'RemoteStart');
  };
  return { isAccepted: true, connector, after: () => void after() };
}

export function remoteStop(station: Station, isWanted: (transaction: Transaction) => boolean): Done {
  const transaction = station.connectors.map((connector) => connector.transaction).find((one) => one !== undefined && isWanted(one));
  return transaction ? { isAccepted: true, after: () => stopAuthorised(station, transaction, 'Remote', 'RemoteStop') } : REFUSED;
}

/** @returns `Scheduled` where transactions go on first */
export function changeAvailability(station: Station, connectors: readonly Connector[], isOperative: boolean): { status: 'Accepted' | 'Scheduled'; after: () => void } {
  const running = connectors.filter(({ transaction }) => transaction);
  return {
    status: running.length > 0 && !isOperative ? 'Scheduled' : 'Accepted',
    after: () => {
      for (const connector of connectors) {
        if (connector.transaction) connector.operativeLater = isOperative;
        else {
          connector.isOperative = isOperative;
          if (!isOperative) dropReservations(station, connector);
          tellStatus(station, connector);
        }
      }
    },
  };
}

function dropReservations(station: Station, connector: Connector): void {
  for (const { id, connector: reserved } of station.reservations.values()) if (reserved === connector) endReservation(station, id, 'Removed');
}

export function fault(station: Station, connector: Connector, code: string): void {
  connector.fault = code;
  dropReservations(station, connector);
  if (connector.transaction) stop(station, connector.transaction, 'Fault', 'AbnormalCondition');
  tellStatus(station, connector);
}

export function clearFault(station: Station, connector: Connector): void {
  connector.fault = undefined;
  tellStatus(station, connector);
}

export type UnlockOutcome = 'Unlocked' | 'OngoingAuthorizedTransaction';

/** 1.6 ends the transaction, 2.x refuses while one runs. */
export function unlock(station: Station, connector: Connector): { outcome: UnlockOutcome; after?: () => void } {
  const { transaction } = connector;
  if (transaction?.isAuthorised && station.protocol !== 'ocpp1.6') return { outcome: 'OngoingAuthorizedTransaction' };
  return { outcome: 'Unlocked', after: () => void (transaction && stop(station, transaction, 'UnlockCommand', 'UnlockCommand')) };
}

export function reset(station: Station, kind: 'soft' | 'hard' | 'when_idle'): { status: 'Accepted' | 'Scheduled'; after: () => void } {
  const isBusy = station.connectors.some(({ transaction }) => transaction);
  if (kind === 'when_idle' && isBusy) return { status: 'Scheduled', after: () => resetWhenIdle(station) };
  return {
    status: 'Accepted',
    after: () => {
      // a soft one says first what has ended; after a hard one it is said when it is up again
      if (kind !== 'hard') for (const { transaction } of station.connectors) if (transaction) stop(station, transaction, 'SoftReset', 'ResetCommand');
      station.clock.after(kind === 'hard' ? 0 : 1_000, () => reboot(station, kind === 'hard' ? 'HardReset' : 'SoftReset', 'RemoteReset'));
    },
  };
}

function resetWhenIdle(station: Station): void {
  station.resetsWhenIdle = true;
  const look = (): void => {
    if (!station.resetsWhenIdle) return;
    if (station.connectors.some(({ transaction }) => transaction)) station.clock.after(5_000, look);
    else reboot(station, 'SoftReset', 'ScheduledReset');
  };
  look();
}

/** @returns false where it is for a transaction that there is not */
export function setProfile(station: Station, profile: Profile): Done {
  if (station.faults.rejectsProfiles || !station.settings.flag('smartChargingEnabled')) return REFUSED;
  const outlets = station.connectors.filter((one) => (station.protocol === 'ocpp1.6' ? one.number : one.evseId) === profile.outlet);
  if (profile.outlet !== 0 && outlets.length === 0) return REFUSED;
  if (profile.purpose === 'tx') {
    const { transaction } = outlets.find((one) => one.transaction) ?? {};
    if (!transaction || (profile.transactionId !== undefined && profile.transactionId !== transaction.key && profile.transactionId !== transaction.id)) return REFUSED;
  }
  if (profile.purpose === 'station_max' && profile.outlet !== 0) return REFUSED;
  for (const connector of station.connectors) refresh(station, connector); // what has flowed so far flowed by the old ones
  station.profiles = addProfile(station.profiles, profile);
  return { isAccepted: true, after: () => station.connectors.forEach((connector) => refresh(station, connector)) };
}

export function clearProfiles(station: Station, filter: ProfileFilter): Done {
  const kept = station.profiles.filter((profile) => !matches(profile, filter));
  if (kept.length === station.profiles.length) return REFUSED;
  for (const connector of station.connectors) refresh(station, connector);
  station.profiles = kept;
  return { isAccepted: true, after: () => station.connectors.forEach((connector) => refresh(station, connector)) };
}

/** @returns what is sent afterwards; undefined where there is no such message */
export function trigger(station: Station, message: string, connector: Connector | undefined): (() => void) | undefined {
  const { firmware, log } = station.transfers;
  const some = connector ? [connector] : station.connectors;
  const logAction = station.protocol === 'ocpp1.6' && message !== 'LogStatusNotification' ? 'DiagnosticsStatusNotification' : 'LogStatusNotification';
  const told: Record<string, () => void> = {
    BootNotification: () => (station.hasBooted ? say(station, station.dialect.boot(station, 'Triggered')) : boot(station)),
    Heartbeat: () => beat(station),
    StatusNotification: () => (connector ? tellStatus(station, connector, true) : tellAll(station)),
    MeterValues: () => some.forEach((one) => say(station, station.dialect.meterValues(station, one))),
    TransactionEvent: () => some.forEach(({ transaction }) => {
      const post = transaction && station.dialect.updated(station, transaction, 'Trigger');
      if (post) station.outbox.keep(transaction, post);
    }),
    FirmwareStatusNotification: () => say(station, { action: 'FirmwareStatusNotification', payload: { status: firmware } }),
    [logAction]: () => say(station, { action: logAction, payload: { status: log } }),
  };
  return message in told && (message !== 'TransactionEvent' || station.protocol !== 'ocpp1.6') ? told[message] : undefined;
}
