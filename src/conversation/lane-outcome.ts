/** What became of one look at a lane. */
export type LaneOutcome =
  /** A message was handled, and was the last one that anybody knew of. */
  | 'handled'
  /** A message was handled, and another one is waiting. */
  | 'more'
  /** Nothing (more) to do, or not yet due. */
  | 'idle'
  /** Another instance holds the lane. */
  | 'busy'
  /** The database is away, or the turn failed and will be tried again when it is due. */
  | 'failed';

/** What became of each lane; `alone`: its message is to be handled by `handleNext`. */
export type GroupOutcomes = Map<string, LaneOutcome | 'alone'>;
