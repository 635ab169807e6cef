export { ASSUMED_OCCUPANCY_MS, occupancyEnd, outageEnd, type Booking, type BusyTime, type Conflict, type Occupancy, type Outage } from './booking.ts';
export { freeSlots, freeTimeMs, nextFreeSlot, type SlotPlan } from './free-slots.ts';
export { gridStarts, isOnGrid, nextOnGrid, slotGrid, type SlotGrid } from './grid.ts';
export {
  containsInterval, flattenIntervals, intersectIntervals, mergeIntervals, overlapsFlat, overlapsOf, subtractIntervals, totalMs,
  type FlatIntervals, type Interval,
} from './intervals.ts';
export { checkOpeningTimes, isOpenAt, openIntervals } from './opening-hours.ts';
export { busyByEvse, promise, readBusy, replacePromise } from './promise.ts';
export {
  hasFreedTime, insertFreedTime, isContested, listDueConflicts, nextCollision, nextSettling, settleLater, takeFreedTime, tellFreedTimes,
  type DueConflict, type FreedTime,
} from './store-freed.ts';
export {
  confirmBooking, extendHold, endOccupancy, endOccupancyOf, expectDeparture, findBooking, insertOccupancy, listBookings, listBusy, listDriversSlots, listEvsesInUse,
  listExpiredHolds, lockConflicts, lockEvses, lockLocationHours, releaseBooking,
} from './store.ts';
export {
  closeLocation, createBlock, endOutage, endReportedOutage, getConflict, importLocations, listConflicts, noticeConflicts, readCalendar, removeBlock, reshapeLocation,
  resolveConflict, resolveConflictsBy, resolveConflictsOf, startOutage, startReportedOutage, type BlockInput, type EvseCalendar, type OutageInput,
} from './use-cases.ts';
export { offsetSegments, type OffsetSegment } from './zone-offsets.ts';
