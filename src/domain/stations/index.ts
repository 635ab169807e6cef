export {
  CAPABILITIES, CONNECTOR_FORMATS, commonNameOf, CONNECTOR_STANDARDS, connectorStandardOf, ENERGY_SOURCES, ENVIRONMENTAL_IMPACTS, EVSE_STATUSES, FACILITIES, IMAGE_CATEGORIES,
  PARKING_RESTRICTIONS, PARKING_TYPES, POWER_TYPES, type Capability, type ConnectorFormat, type ConnectorStandard, type EvseStatus, type Facility, type PowerType,
} from './enums.ts';
export {
  ALWAYS_OPEN, isBookable, powerFromElectrics, type Connector, type ConnectorInput, type Coordinates, type DisplayText, type EnergyMix, type Evse, type EvseInput,
  type Location, type LocationInput, type OpeningTimes, type RegularHours, type Station, type StationInput,
} from './location.ts';
export { type TreeStamp } from './known-trees.ts';
export { analyseTables, findImportRun, findLocation as loadLocation, loadLocationsAfter, loadLocationsByIds, readTrees, saveImportRun } from './store.ts';
export {
  changeLocation, createLocation, evsesOf, findEvse, findOwnLocations, findStation, getLocation, getLocationOf, getStampedLocation, listLocations, loadLocationOfStation,
  readLocationOf, reportEvseStatus,
  retireLocation, setEvseStatus, upsertLocations, type UpsertCounts,
} from './use-cases.ts';
