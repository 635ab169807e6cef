export { endCalendarFeed, FEED_TOKEN_PATTERN, makeCalendarFeed, readCalendarFeed, type CalendarEntry } from './feed.ts';
