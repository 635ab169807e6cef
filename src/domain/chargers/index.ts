export { admit, type Admission, type Presented } from './admission.ts';
export { COMMAND_TYPES, DRIVER_COMMAND_TYPES, TRIGGERS, type CommandTarget, type StationCommand } from './command.ts';
export {
  findStationsWithCommands, finishCommand, getCommand, listStationCommands, orderStation, queueCommand, sweepCommands, takeCommand, targetAt, withdrawCommand,
  type CommandInput, type CommandOutcome,
} from './commands.ts';
export { Superseded, type BootInfo, type Link, type StationConnection } from './connection.ts';
export {
  clockSkewOf, connectStation, dropRetired, getConnection, giveUpStatuses, isStationOnline, loseConnection, loseExpired, noteBoot, noteProgress, protocolOf, touch,
  type ConnectionView,
} from './connections.ts';
export {
  listCertificateRequests, noteCertificateRequest, refuseCertificateRequest,
} from './certificate-requests.ts';
export { nextFault, sweepFaults } from './faults.ts';
export { getFrameLog, isLogged, listFrames, noteFrames, purgeFrames, setFrameLog, type NewFrame } from './frame-log.ts';
export { type SecurityProfile, type StationIdentity } from './identity.ts';
export { getLocalList } from './local-list.ts';
export {
  CERTIFICATE_USES, DISPLAY_PRIORITIES, DISPLAY_STATES, HASH_ALGORITHMS, INTERFACES, PROFILE_PURPOSES, REPORT_BASES, REPORT_CRITERIA, ROOT_CERTIFICATES, TOKEN_STATUSES,
  TOKEN_TYPES, type LocalToken, type OperatorCommandType,
} from './operator-command.ts';
export {
  acceptPending, getOnboarding, listPendingStations, notePending, notePendingBoot, removePending, setOnboarding,
} from './onboarding.ts';
export { type PendingStation, type UnknownStations } from './pending.ts';
export { removeCredentials, setCredentials, type CredentialsInput } from './provisioning.ts';
export { placeByNumber } from './numbers.ts';
export { keepReport, listConnectors, listStationReports, reportConnector } from './reports.ts';
export { SECRET_KEY, withoutSecrets, WITH_PASSWORD } from './secrets.ts';
export { renewLeases } from './store.ts';
export { type CertificateRequest } from './store-certificate-requests.ts';
export { type FrameLog, type StationFrame } from './store-frames.ts';
export { type LocalList } from './store-local-lists.ts';
export { type ConnectorReport, type StationReport } from './store-reports.ts';
export { type ReportedVariable, type StationVariable } from './store-variables.ts';
export { listVariables, noteVariables } from './variables.ts';
