/** What the benchmark tells the process that makes the load, and what that answers. */
export interface LoadOrder {
  /** Where the webhooks go. */
  url: string;
  /** An open loop at this rate, whatever the answers do; or a closed loop of so many customers. */
  pace: { perSecond: number } | { customers: number };
  ms: number;
  /** How long the platform takes for each of our requests. */
  platformMs: number;
  mix: Mix;
}

export interface Mix {
  name: string;
  /** Of a hundred messages, so many are the first of a new customer. */
  newPercent: number;
  /** What returning customers send, by weight. */
  says: { message: Message; weight: number }[];
}

export type Message =
  { text: string } | { text: string; quickReply: { payload: string } } | { postback: Postback };
interface Postback {
  title: string;
  payload: string;
}

export interface LoadResult {
  /** Messages that were due in the time, and those of them that were acknowledged and answered in the end. */
  offered: number;
  acknowledged: number;
  answered: number;
  /** Webhooks that were refused or lost. */
  refused: number;
  /** Requests to a person while another one to them was under way. */
  overlaps: number;
  /** From the first message that was due to the last first reply. */
  elapsedMs: number;
  /** From the instant a message was due: to the webhook's 200, and to the platform's having the first reply. */
  ackMs: { p50: number; p99: number; max: number };
  turnMs: { p50: number; p99: number; max: number };
}

export type ToLoad = { do: 'run'; order: LoadOrder };
export type FromLoad =
  | { say: 'ready'; graphUrl: string }
  | { say: 'done'; result: LoadResult }
  | { say: 'failed'; reason: string };
