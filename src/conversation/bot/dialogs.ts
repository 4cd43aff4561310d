/**
 * The part of botbuilder-dialogs that we use. Its index would load its prompts and their recognizers, too: 200 modules, a fifth of a
 * second and 20 MB that no flow needs (PERF-8).
 */
export {
  Dialog,
  DialogTurnStatus,
  type DialogInstance,
  type DialogReason,
  type DialogTurnResult,
} from 'botbuilder-dialogs/lib/dialog';
export { DialogContext, type DialogState } from 'botbuilder-dialogs/lib/dialogContext';
export { DialogSet } from 'botbuilder-dialogs/lib/dialogSet';
