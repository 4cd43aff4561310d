export interface Series {
  name: string;
  values: number[];
}

export interface Plot {
  title: string;
  xTitle: string;
  yTitle: string;
  /** One per value; drawn at even distances. */
  labels: string[];
  series: Series[];
}

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 70;
const RIGHT = 20;
const TOP = 48;
const BOTTOM = 112;
/** Dark enough on white, and told apart by the colour-blind (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const FONT = 'font-family="system-ui, sans-serif"';

/** A line plot as SVG text, from nothing but its figures: the same figures give the same bytes. */
export function linePlot(plot: Plot): string {
  const top = niceTop(Math.max(...plot.series.flatMap((series) => series.values), 0));
  const x = (index: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (index + 0.5)) / plot.labels.length;
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / top;
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<line x1="${LEFT}" y1="${at(y(top * share))}" x2="${WIDTH - RIGHT}" y2="${at(y(top * share))}" stroke="#ddd"/>`,
    text(LEFT - 8, y(top * share) + 4, numberText(top * share), 'end'),
  ]);
  const ticks = plot.labels.map((label, index) =>
    text(x(index), HEIGHT - BOTTOM + 20, label, 'middle'),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${FONT} font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="15" font-weight="600">${escape(plot.title)}</text>`,
    text(LEFT, TOP - 10, plot.yTitle, 'start'),
    ...grid,
    ...ticks,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 42, plot.xTitle, 'middle'),
    ...plot.series.flatMap((series, number) => drawSeries(series, number, x, y)),
    '</svg>',
    '',
  ].join('\n');
}

function drawSeries(
  series: Series,
  number: number,
  x: (index: number) => number,
  y: (value: number) => number,
): string[] {
  const colour = COLOURS[number % COLOURS.length] ?? '#000';
  const points = series.values.map((value, index) => `${at(x(index))},${at(y(value))}`);
  // Two names a row, below the axis.
  const legendX = LEFT + (number % 2) * 340;
  const legendY = HEIGHT - BOTTOM + 68 + Math.floor(number / 2) * 20;
  return [
    `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.5"/>`,
    ...points.map(
      (point) =>
        `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="4" fill="${colour}"/>`,
    ),
    `<line x1="${legendX}" y1="${legendY - 4}" x2="${legendX + 22}" y2="${legendY - 4}" stroke="${colour}" stroke-width="2.5"/>`,
    text(legendX + 30, legendY, series.name, 'start'),
  ];
}

/** The next of 1, 2, 2.5, 5 times a power of ten. */
function niceTop(highest: number): number {
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= highest) ?? 10) * power;
}

const numberText = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: 2 });
const at = (value: number): string => value.toFixed(1);
const escape = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" fill="#333">${escape(words)}</text>`;
}
