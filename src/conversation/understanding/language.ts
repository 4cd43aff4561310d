import { normalise } from '../../lib/text';
import { LANGUAGES } from '../../templates/load-templates';
import type { Turn } from '../turn';

/** Who begins with a word of one language only ("kumusta") is answered in it, unless they have chosen another. */
export function switchLanguageBy(turn: Turn): void {
  if (turn.conversation.language !== null || !turn.event.text) return;
  const languages = turn.deps.flows.words.get(normalise(turn.event.text))?.languages ?? [];
  const [only] = languages;
  const known = LANGUAGES.find((language) => language === only);
  if (languages.length === 1 && known) {
    turn.language = known;
    if (known !== turn.business.language) turn.conversation.language = known;
  }
}
