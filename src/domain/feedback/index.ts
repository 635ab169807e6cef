/** What drivers think of charges that have ended, what operators answer, and what it comes to for each place. */
export { RATING_CATEGORIES, RATING_LIMITS, type Mark, type Rating, type RatingCategory, type RatingSummary } from './rating.ts';
export { answerRating, getRating, listRatings, listRatingsOfLocation, rate, ratingsOf, readTotals, type MarkInput, type Rated } from './use-cases.ts';
