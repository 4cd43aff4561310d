import fc from 'fast-check';

/** What somebody may ask of a shop, or what may happen to it. `order` counts back from the newest order: 0 is the last one placed. */
export type Command =
  | { do: 'create'; lines: Line[]; method: Method; hasPromo: boolean }
  | { do: 'repeat'; order: number }
  | { do: 'pay'; order: number; to: PaymentTarget }
  | { do: 'confirm'; order: number }
  | { do: 'cancel'; order: number }
  | { do: 'change'; order: number; lines: Line[] }
  | { do: 'move house'; order: number; province: Province }
  | { do: 'advance'; order: number }
  | { do: 'wait'; minutes: number }
  | { do: 'expire holds' }
  | { do: 'cancel expired' }
  | { do: 'restock'; row: number; by: number };

/** So many of a stock row, which is one of ROWS. */
export interface Line {
  row: number;
  quantity: number;
}
export type Method = 'cod' | 'gcash' | 'card';
export type PaymentTarget = 'authorized' | 'paid' | 'failed' | 'partially_refunded' | 'refunded';
export type Province = 'Metro Manila' | 'Cebu';

/** Two products, and two variants of a third one. */
export const ROWS = 4;

const lines = fc.array(
  fc.record({ row: fc.nat(ROWS - 1), quantity: fc.integer({ min: 1, max: 4 }) }),
  { minLength: 1, maxLength: 3 },
);
/** Mostly one of the latest, so that commands meet. */
const order = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(12) });
const on = <Name extends string>(name: Name) => fc.record({ do: fc.constant(name), order });

export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      lines,
      method: fc.constantFrom<Method>('cod', 'gcash', 'card'),
      hasPromo: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: on('repeat') },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      order,
      to: fc.oneof(
        { weight: 3, arbitrary: fc.constant<PaymentTarget>('paid') },
        {
          weight: 2,
          arbitrary: fc.constantFrom<PaymentTarget>(
            'authorized',
            'failed',
            'partially_refunded',
            'refunded',
          ),
        },
      ),
    }),
  },
  { weight: 3, arbitrary: on('confirm') },
  { weight: 2, arbitrary: on('cancel') },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), order, lines }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('move house' as const),
      order,
      province: fc.constantFrom<Province>('Metro Manila', 'Cebu'),
    }),
  },
  { weight: 2, arbitrary: on('advance') },
  // Below, at and above the hold times of 15, 30 and 1440 minutes.
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      minutes: fc.constantFrom(5, 15, 20, 1440),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'expire holds' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'cancel expired' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('restock' as const),
      row: fc.nat(ROWS - 1),
      by: fc.integer({ min: -4, max: 6 }),
    }),
  },
);
