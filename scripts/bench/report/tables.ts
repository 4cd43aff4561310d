import { LABELS } from '../contenders/contender';
import type { GrowthResult, OrdersCell, OrdersResult, Results, StockResult } from '../results';
import { chatTables } from './chat-tables';
import { figure, type Cell } from './table';

export interface Table {
  title: string;
  head: string[];
  rows: Cell[][];
}

/** What a run has found, for the terminal and for the document alike. */
export function tablesOf({ suites }: Pick<Results, 'suites'>): Table[] {
  return [
    ...(suites.orders ? ordersTables(suites.orders) : []),
    ...(suites.stock ? [stockTable(suites.stock)] : []),
    ...(suites.growth ? [growthTable(suites.growth)] : []),
    ...(suites.chat ? chatTables(suites.chat) : []),
  ];
}

export function ordersTables({ cells }: OrdersResult): Table[] {
  return (['spread', 'hot'] as const).map((demand) => ({
    title: demand === 'hot' ? 'Orders for one hot product' : 'Orders spread over all products',
    head: [
      'callers, lines',
      'who',
      'orders/s',
      'slowest to fastest',
      'p50 ms',
      'p99 ms',
      'app CPU ms',
      'server CPU ms',
      'Tindera is',
    ],
    rows: cells.filter((cell) => cell.demand === demand).flatMap(ordersRows),
  }));
}

function ordersRows({ callers, lines, contenders }: OrdersCell): Cell[][] {
  return contenders.map(({ name, figures, range, ratio }, index) => [
    index === 0 ? `${callers}, ${lines}` : '',
    LABELS[name],
    figure(figures.perSecond),
    `${figure(range[0])} to ${figure(range[1])}`,
    figure(figures.p50Ms),
    figure(figures.p99Ms),
    figure(figures.appCpuMs),
    figure(figures.serverCpuMs),
    name === 'tindera' ? '' : `${ratio.toFixed(2)} x`,
  ]);
}

export function stockTable({ cells }: StockResult): Table {
  return {
    title: 'Stock check',
    head: [
      'what',
      'callers',
      'checks/s',
      'p50 ms',
      'p99 ms',
      'plain SELECT p50 ms',
      'plain SELECT p99 ms',
    ],
    rows: cells.map(({ items, callers, underLoad, figures, baseline }) => [
      `${items === 1 ? 'one sku' : `a cart of ${items}`}${underLoad ? ', while orders are placed' : ''}`,
      callers,
      figure(figures.perSecond),
      figure(figures.p50Ms),
      figure(figures.p99Ms),
      figure(baseline.p50Ms),
      figure(baseline.p99Ms),
    ]),
  };
}

export function growthTable({ points, reference }: GrowthResult): Table {
  return {
    title: 'Growth',
    head: [
      'shop',
      'who',
      'orders/s',
      'app CPU ms',
      'server CPU ms',
      'time per order',
      'CPU per order',
    ],
    rows: points.map(({ what, size, contender, figures, timeRatio, cpuRatio }) => [
      `${size.toLocaleString('en')} ${what} by ${reference[what].toLocaleString('en')}`,
      LABELS[contender],
      figure(figures.perSecond),
      figure(figures.appCpuMs),
      figure(figures.serverCpuMs),
      `${timeRatio.toFixed(2)} x`,
      cpuRatio === null ? '-' : `${cpuRatio.toFixed(2)} x`,
    ]),
  };
}
