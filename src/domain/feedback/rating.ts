/** What drivers think of a charge. Pure. */
import type { EpochMs } from '../../platform/clock/index.ts';

/** What is rated: all of it, how charging went, the plug, who runs it, the surroundings, people there, help that was asked for. */
export const RATING_CATEGORIES = ['overall', 'charging', 'connector', 'operator', 'amenities', 'staff', 'support', 'other'] as const;
export type RatingCategory = (typeof RATING_CATEGORIES)[number];

export const LEAST_STARS = 1;
export const MOST_STARS = 5;
export const RATING_LIMITS = { comment: 2_000, tags: 10, tag: 60, answer: 2_000 } as const;

export interface Mark {
  /** 1 to 5, in tenths at the finest */
  stars: number;
  comment: string | null;
  /** what stood out, in words of the app */
  tags: string[];
}

export type Marks = Partial<Record<RatingCategory, Mark>>;

/** Of one session, by its driver or the app that brought them. */
export interface Rating {
  id: string;
  networkId: string;
  /** whose driver it was */
  organisationId: string;
  operatorId: string;
  driverId: string | null;
  sessionId: string;
  reservationId: string | null;
  locationId: string;
  evseId: string;
  connectorId: string | null;
  marks: Marks;
  /** the operator's */
  answer: string | null;
  answeredAt: EpochMs | null;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** How a place, an EVSE or a connector is rated: the average has two decimals at most, of `count` sessions. */
export interface RatingSummary {
  average: number;
  count: number;
}

/** What ratings of a place come to: in each category, and `total`, in which a session counts once. */
export type TotalCategory = RatingCategory | 'total';
export interface Total {
  category: TotalCategory;
  count: number;
  /** of the stars, in hundredths */
  sumHundredths: number;
}

/** FBK-4: what a session counts for: its mark for all of it, else the mean of its other marks. In hundredths of a star. */
export function voteOf(marks: Marks): number {
  const given = Object.values(marks).map(({ stars }) => stars);
  return Math.round(100 * (marks.overall?.stars ?? given.reduce((sum, stars) => sum + stars, 0) / given.length));
}

/** What a session's marks add to the totals of its place, beyond what they added before. */
export function changeOfTotals(before: Marks, after: Marks): Total[] {
  const of = (marks: Marks): Map<TotalCategory, number> => new Map([
    ...Object.entries(marks).map(([category, { stars }]) => [category as TotalCategory, Math.round(100 * stars)] as const),
    ...(Object.keys(marks).length > 0 ? [['total', voteOf(marks)] as const] : []),
  ]);
  const [old, now] = [of(before), of(after)];
  return [...now].map(([category, hundredths]): Total => ({
    category, count: old.has(category) ? 0 : 1, sumHundredths: hundredths - (old.get(category) ?? 0),
  })).filter(({ count, sumHundredths }) => count !== 0 || sumHundredths !== 0);
}

export function summaryOf({ count, sumHundredths }: Pick<Total, 'count' | 'sumHundredths'>): RatingSummary {
  return { average: Math.round(sumHundredths / count) / 100, count };
}
