import type { ChatCell, ChatMemory, ChatResult } from '../results';
import { figure, type Cell } from './table';
import type { Table } from './tables';

const WHO = { tindera: 'Tindera', baseline: 'express, only stores and answers' } as const;

/** The way of a message: how fast, at what cost, and how much memory. */
export function chatTables({ cells, memory }: ChatResult): Table[] {
  return [
    {
      title: 'Chat: acknowledgement and full turn',
      head: [
        'load',
        'platform ms',
        'who',
        'turns/s',
        'ack p50 ms',
        'ack p99 ms',
        'turn p50 ms',
        'turn p99 ms',
      ],
      rows: inPairs(cells).map((cell) => [
        loadOf(cell),
        cell.platformMs,
        WHO[cell.who],
        figure(cell.turnsPerSecond),
        figure(cell.figures.ackMs.p50),
        figure(cell.figures.ackMs.p99),
        figure(cell.figures.turnMs.p50),
        figure(cell.figures.turnMs.p99),
      ]),
    },
    {
      title: 'Chat: what a message costs',
      head: [
        'load',
        'platform ms',
        'who',
        'app CPU ms',
        'server CPU ms',
        'load CPU ms',
        'statements',
        'disk syncs',
      ],
      rows: inPairs(cells).map((cell) => [
        loadOf(cell),
        cell.platformMs,
        WHO[cell.who],
        figure(cell.appCpuMs),
        figure(cell.serverCpuMs),
        figure(cell.loadCpuMs),
        figure(cell.statements),
        figure(cell.syncs),
      ]),
    },
    {
      title: 'Chat: start and memory',
      head: ['who', 'ready after ms', 'idle MB', 'MB after', 'messages'],
      rows: memory.map(memoryRow),
    },
  ];
}

const memoryRow = ({ who, readyMs, idleMb, afterMb, messages }: ChatMemory): Cell[] => [
  WHO[who],
  figure(readyMs),
  figure(idleMb),
  figure(afterMb),
  messages.toLocaleString('en'),
];

const loadOf = ({ mix, perSecond, customers }: ChatCell): string =>
  `${mix}, ${perSecond === null ? `${customers} at once` : `${perSecond}/s`}`;

/** Each scenario's contenders next to each other. */
function inPairs(cells: readonly ChatCell[]): ChatCell[] {
  const key = (cell: ChatCell) => `${loadOf(cell)} ${cell.platformMs}`;
  return [...new Set(cells.map(key))].flatMap((one) => cells.filter((cell) => key(cell) === one));
}
