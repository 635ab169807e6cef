/** Ratings of orders: what apps of every generation say of them, and what the network has of it. */
import { rate, type Rating, type RatingCategory } from '../../domain/feedback/index.ts';
import type { Context } from '../../domain/organisations/index.ts';
import { orderIdOf, type BecknOrder } from './order.ts';
import { BusinessError } from './wire/index.ts';

/** What generations call what is rated; capitals do not matter. */
const WORDS: readonly (readonly [word: string, category: RatingCategory])[] = [
  ['Order', 'overall'], ['Fulfillment', 'charging'], ['Item', 'connector'], ['Provider', 'operator'], ['Amenities', 'amenities'], ['Agent', 'staff'], ['Support', 'support'],
  ['Other', 'other'],
];

/** One mark as an app gives it. */
export interface SaidMark {
  /** what is rated; all of it where nothing is said */
  category: string | undefined;
  value: number | undefined;
  /** the ends of the app's scale, where it is not 1 to 5 */
  worst?: number;
  best?: number;
  comment?: string;
  tags?: readonly string[];
}

const LEAST = 1;
const MOST = 5;

/**
 * FBK-1, FBK-2: rates what an order led to; of marks of the same category the last one counts. Throws `rating_category_unsupported`,
 * `rating_invalid`, and `invalid_state` before charging has ended. Paths point into `message.ratings`.
 */
export async function rateOrder(acting: Context, order: BecknOrder, said: readonly SaidMark[]): Promise<Rating> {
  const marks = said.map((mark, i) => ({
    category: categoryOf(mark, `/message/ratings/${i}`), stars: starsOf(mark, `/message/ratings/${i}`),
    ...(mark.comment === undefined ? {} : { comment: mark.comment.slice(0, MOST_CHARS) }),
    ...(mark.tags ? { tags: mark.tags.slice(0, MOST_TAGS).map((tag) => tag.slice(0, MOST_TAG_CHARS)) } : {}),
  }));
  if (marks.length === 0) throw new BusinessError('rating_invalid', 'There is no rating.', '/message/ratings');
  const latest = [...new Map(marks.map((mark) => [mark.category, mark])).values()];
  const id = orderIdOf(order)!;
  return rate(acting, order.reservationId === null ? { sessionId: id } : { reservationId: id }, latest);
}

const MOST_CHARS = 2_000;
const MOST_TAGS = 10;
const MOST_TAG_CHARS = 60;

function categoryOf({ category: word = 'Order' }: SaidMark, path: string): RatingCategory {
  const found = WORDS.find(([known]) => known.toLowerCase() === word.toLowerCase());
  if (found) return found[1];
  throw new BusinessError('rating_category_unsupported', `There is no category ${word.slice(0, 60)}: ${WORDS.map(([known]) => known).join(', ')}.`, path);
}

/** On our scale, in tenths. */
function starsOf({ value, worst = LEAST, best = MOST }: SaidMark, path: string): number {
  if (value === undefined || !(worst < best) || !(value >= worst && value <= best)) {
    throw new BusinessError('rating_invalid', `A rating goes from ${worst} to ${best}.`, path);
  }
  const stars = LEAST + ((value - worst) * (MOST - LEAST)) / (best - worst);
  return Math.round(stars * 10) / 10;
}

/** The marks of a rating in the words of Beckn. */
export function saidOfRating({ marks }: Rating): { category: string; value: number; comment?: string; tags?: string[] }[] {
  return WORDS.flatMap(([word, category]) => {
    const mark = marks[category];
    return mark ? [{
      category: word, value: mark.stars, ...(mark.comment === null ? {} : { comment: mark.comment }), ...(mark.tags.length === 0 ? {} : { tags: mark.tags }),
    }] : [];
  });
}
