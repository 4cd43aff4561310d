import { normalise } from '../../lib/text';
import { LANGUAGES } from '../../templates/load-templates';
import type { Turn } from '../turn';
import { polite } from './interpret';

/** Nobody says one of these in English. */
const FILIPINO =
  /\b(po|opo|pabili|magkano|meron|mayroon|kayo|kayong|nyo|ninyo|gusto ko|saan|paano)\b/;

/**
 * Who begins with words of one language only ("kumusta", "pabili po") is answered in it, unless they have chosen another; so is who
 * uses a command that only one language has.
 */
export function switchLanguageBy(turn: Turn): void {
  if (turn.conversation.language !== null || !turn.event.text || turn.event.payload) return;
  const typed = normalise(turn.event.text);
  const languages = turn.deps.flows.words.get(polite(typed))?.languages ?? [];
  const isFirst = turn.memory.options.length === 0;
  const meant =
    languages.length === 1 ? languages[0] : isFirst && FILIPINO.test(typed) ? 'fil' : undefined;
  const known = LANGUAGES.find((language) => language === meant);
  if (!known) return;
  turn.language = known;
  if (known !== turn.business.language) turn.conversation.language = known;
}
