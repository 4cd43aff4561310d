import type { CpuMeter } from './load';
import type { Scale } from './scales';

/** What every suite runs with. */
export interface Bench {
  url: string;
  scale: Scale;
  cpu: CpuMeter;
  say(line: string): void;
}

/** What a suite finds out; when and how it was run is added by whoever runs it. */
export type Found<Result> = Omit<Result, 'date' | 'command' | 'commit' | 'seconds'>;
