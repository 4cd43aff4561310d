import { LABELS } from '../contenders/contender';
import type { Results } from '../results';
import { linePlot } from './line-plot';

export interface PlotFile {
  name: string;
  title: string;
  svg: string;
}

const SERVER_NAMES = { mysql: 'MySQL', mariadb: 'MariaDB' } as const;

export function serverName({ kind, version }: Results['server']): string {
  return `${SERVER_NAMES[kind]} ${version}`;
}

export function plotsOf(results: Results): PlotFile[] {
  return [...ordersPlots(results), ...growthPlots(results)];
}

function ordersPlots({ server, suites }: Results): PlotFile[] {
  if (!suites.orders) return [];
  const cells = suites.orders.cells;
  return (['spread', 'hot'] as const).map((demand) => {
    const byCallers = cells.filter((cell) => cell.demand === demand && cell.lines === 1);
    const names = byCallers[0]?.contenders.map(({ name }) => name) ?? [];
    const title = `${demand === 'hot' ? 'One hot product' : 'Spread over all products'}, ${serverName(server)}`;
    const svg = linePlot({
      title,
      xTitle: 'callers at once, orders of one line',
      yTitle: 'orders per second',
      labels: byCallers.map(({ callers }) => String(callers)),
      series: names.map((name) => ({
        name: LABELS[name],
        values: byCallers.map(
          (cell) => cell.contenders.find((one) => one.name === name)?.figures.perSecond ?? 0,
        ),
      })),
    });
    return { name: `${server.kind}-orders-${demand}.svg`, title, svg };
  });
}

function growthPlots({ server, suites }: Results): PlotFile[] {
  if (!suites.growth) return [];
  const { points, reference } = suites.growth;
  return (['orders', 'products'] as const).map((what) => {
    const mine = points.filter((point) => point.what === what && point.contender === 'tindera');
    const title = `Cost of an order as ${what} grow, ${serverName(server)}`;
    const hasCpu = mine.every((point) => point.cpuRatio !== null);
    const svg = linePlot({
      title,
      xTitle: `${what} in the shop`,
      yTitle: `times the cost with ${reference[what].toLocaleString('en')} ${what}`,
      labels: [reference[what], ...mine.map((point) => point.size)].map((size) =>
        size.toLocaleString('en'),
      ),
      series: [
        { name: 'time per order', values: [1, ...mine.map((point) => point.timeRatio)] },
        ...(hasCpu
          ? [{ name: 'CPU per order', values: [1, ...mine.map((point) => point.cpuRatio ?? 0)] }]
          : []),
        { name: 'limit of PERF-7', values: [1.3, ...mine.map(() => 1.3)] },
      ],
    });
    return { name: `${server.kind}-growth-${what}.svg`, title, svg };
  });
}
