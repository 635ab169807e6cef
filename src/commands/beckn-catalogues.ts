/** What of our catalogue is published to the catalogue service of a Beckn network, and what that has said of it. */
import { listCatalogs, type PublishedCatalog } from '../protocols/beckn/index.ts';
import { toRfc3339, type EpochMs } from '../platform/clock/index.ts';
import { EXIT, type Command } from './command.ts';

/** Prints a line for each location, those first that were refused, with why; fails when any was. */
export const becknCatalogues: Command = async (runtime, _args, io) => {
  const all = await listCatalogs(runtime.database);
  for (const catalog of all) io.out(lineOf(catalog));
  const refused = all.filter(({ status }) => status === 'rejected' || status === 'partial').length;
  io.note(`${all.length} locations, ${refused} of them refused in whole or in part`);
  return refused === 0 ? EXIT.ok : EXIT.failed;
};

const time = (at: EpochMs | null): string => (at === null ? '-' : toRfc3339(at));

function lineOf({ locationId, status, itemCount, sentAt, answeredAt, report }: PublishedCatalog): string {
  const said = Object.keys(report).length === 0 ? '' : JSON.stringify(report);
  return [locationId, status, itemCount ?? '-', time(sentAt), time(answeredAt), said].join('\t');
}
