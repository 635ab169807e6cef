export { cancelSeries, retryOccurrence, skipOccurrence } from './change.ts';
export { createSeries, inSeries, type SeriesInput } from './create.ts';
export { nextSeriesDeadline, settleSeries, sweepSeries } from './deadlines.ts';
export { type SeriesEventData } from './events.ts';
export { getSeries, listSeries, type SeriesWithOccurrences } from './read.ts';
export { MOST_OCCURRENCES } from './rule.ts';
export { OCCURRENCE_STATUSES, SERIES_STATUSES, shownStatus, type Occurrence, type Series } from './series.ts';
