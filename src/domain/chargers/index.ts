export { admit, type Admission, type Presented } from './admission.ts';
export { COMMAND_TYPES, TRIGGERS, type CommandTarget, type StationCommand } from './command.ts';
export {
  findStationsWithCommands, finishCommand, getCommand, listStationCommands, queueCommand, sweepCommands, takeCommand, type CommandOutcome,
} from './commands.ts';
export { Superseded, type BootInfo, type Link, type StationConnection } from './connection.ts';
export {
  connectStation, getConnection, giveUpStatuses, loseConnection, loseExpired, noteBoot, noteProgress, touch, type ConnectionView,
} from './connections.ts';
export { type SecurityProfile, type StationIdentity } from './identity.ts';
export {
  acceptPending, getOnboarding, listPendingStations, notePending, notePendingBoot, removePending, setOnboarding,
} from './onboarding.ts';
export { type PendingStation, type UnknownStations } from './pending.ts';
export { removeCredentials, setCredentials, type CredentialsInput } from './provisioning.ts';
export { keepReport, listConnectors, listStationReports, reportConnector } from './reports.ts';
export { renewLeases } from './store.ts';
export { type ConnectorReport, type StationReport } from './store-reports.ts';
