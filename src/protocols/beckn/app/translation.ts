/** What a generation of the wire needs, so that drivers can buy in it: its words for our questions, and ours for its answers. */
import type { ExternalQuery, ExternalReservation, FoundPlace, Question, Told } from '../../../domain/external/index.ts';
import type { Fields, Generation } from '../wire/index.ts';
import type { NetworkSettings } from './settings.ts';

/** A request of ours: what stands beside the context. */
export interface Saying {
  action: string;
  body: Fields;
}

export interface Translation {
  generation: Generation;
  version: string;
  search(query: ExternalQuery, settings: NetworkSettings): Saying;
  /** Throws `not_supported` for what it has no words for. */
  ask(reservation: ExternalReservation, question: Question, settings: NetworkSettings): Saying;
  /** the action that answers a search */
  answersSearch: string;
  found(body: Fields): FoundPlace[];
  told(action: string, body: Fields): Omit<Told, 'answers' | 'problem'>;
}
