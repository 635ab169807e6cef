/** Tells drivers what happens to them: it follows the events, and reminds of slots. */
export { startTelling, tellBatch } from './follow.ts';
export { nextReminder, sweepReminders } from './reminders.ts';
