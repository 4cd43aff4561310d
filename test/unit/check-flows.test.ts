import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineAction } from '../../src/conversation/actions/action';
import { checkFiles } from '../../src/conversation/flows/check-files';
import { drawFlows } from '../../src/conversation/flows/draw-flows';
import { describe as print } from '../../src/conversation/flows/problem';

defineAction('check_test.act', ['ok', 'gone'], () => Promise.resolve({ outcome: 'ok' }));

type Files = Record<string, string>;

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true })));

function write(files: Files): string {
  const root = mkdtempSync(path.join(tmpdir(), 'flows-'));
  roots.push(root);
  for (const folder of ['flows', 'templates']) mkdirSync(path.join(root, folder));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const problemsOf = (files: Files): string[] => checkFiles(write(files)).problems.map(print);

const template = (name: string, en: string, fil = en): Files => ({
  [`templates/${name}/en.yaml`]: en,
  [`templates/${name}/fil.yaml`]: fil,
});

const commands = { 'flows/commands.yaml': 'SHOP: { flow: shop }\n' };
const sound: Files = {
  ...commands,
  'flows/shop.yaml': flowOf(
    '  hello:\n    ask: hello\n    expect: command\n    choices: { shop: SHOP }',
    'hello',
  ),
  ...template('hello', 'text: "Hi {name}"\nchoices: { shop: Shop }\n'),
};

function flowOf(steps: string, start = 'first', name = 'shop'): string {
  return `flow: ${name}\nabout: For the test.\nstart: ${start}\nsteps:\n${steps}\n`;
}

/** The sound flow with other steps, and a template `hello` for them. */
const withSteps = (steps: string, start?: string): Files => ({
  ...sound,
  'flows/shop.yaml': flowOf(steps, start),
});
const withHello = (en: string, fil?: string): Files => ({
  ...sound,
  ...template('hello', en, fil),
});
const hello = (text: string): string => `text: ${JSON.stringify(text)}\nchoices: { shop: Shop }\n`;

describe('checking flows', () => {
  it('finds nothing in sound ones', () => expect(problemsOf(sound)).toEqual([]));

  const broken: { what: string; files: Files; says: string | RegExp }[] = [
    {
      what: 'a start that is not there',
      files: withSteps('  first: { say: hello, next: end }', 'nowhere'),
      says: 'flows/shop.yaml:3 there is no step nowhere to start with',
    },
    {
      what: 'an unknown step',
      files: withSteps('  first:\n    say: hello\n    next: nowhere'),
      says: 'flows/shop.yaml:5 step first: there is no step nowhere',
    },
    {
      what: 'an unreachable step, at its line',
      files: withSteps(
        '  first:\n    say: hello\n    next: end\n  island:\n    say: hello\n    next: end',
      ),
      says: 'flows/shop.yaml:8 step island: no way leads here',
    },
    {
      what: 'steps that go in a circle',
      files: withSteps(
        '  first: { say: hello, next: second }\n  second: { say: hello, next: first }',
      ),
      says: /step second: dead end: no way leads to a question/,
    },
    {
      what: 'a typed answer without a way on',
      files: withSteps('  first: { ask: hello, expect: phone }'),
      says: /step first: dead end: a phone that is typed leads nowhere without next/,
    },
    {
      what: 'a choice without a way on',
      files: withSteps(
        '  first: { ask: hello, expect: choice, choices: { shop: "yes" }, on: { "no": end } }',
      ),
      says: /step first: dead end: the choice yes leads nowhere/,
    },
    {
      what: 'a way for an answer that nobody can give',
      files: withSteps(
        '  first: { ask: hello, expect: choice, choices: { shop: "yes" }, on: { "no": end }, next: end }',
      ),
      says: /no choice stands for no, which on names/,
    },
    {
      what: 'a question with nothing to choose',
      files: withSteps('  first: { ask: hello, expect: command }'),
      says: /dead end: there is nothing to choose/,
    },
    {
      what: 'an unknown action',
      files: withSteps('  first: { do: check_test.dance, on: { ok: end } }'),
      says: /there is no action check_test.dance/,
    },
    {
      what: 'an outcome that no way handles',
      files: withSteps('  first: { do: check_test.act, on: { ok: end } }'),
      says: /check_test.act can end with gone, for which on has no way/,
    },
    {
      what: 'an outcome of show that no way handles',
      files: withSteps('  first: { say: hello, show: check_test.act, next: end }'),
      says: /check_test.act can end with gone, for which else has no way/,
    },
    {
      what: 'a way for an outcome that never comes',
      files: withSteps('  first: { do: check_test.act, on: { ok: end, gone: end, lost: end } }'),
      says: /check_test.act never ends with lost, which on names/,
    },
    {
      what: 'an unknown flow',
      files: withSteps('  first: { go: nowhere }'),
      says: /step first: there is no flow nowhere/,
    },
    {
      what: 'a command for an unknown flow, at its line',
      files: { ...sound, 'flows/commands.yaml': 'SHOP: { flow: shop }\nFLY:\n  flow: nowhere\n' },
      says: 'flows/commands.yaml:2 command FLY: there is no flow nowhere',
    },
    {
      what: 'a button for an unknown command',
      files: withSteps('  first: { ask: hello, expect: command, choices: { shop: FLY } }'),
      says: /there is no command FLY/,
    },
    {
      what: 'more choices than Messenger shows',
      files: {
        ...withSteps(
          `  first: { ask: many, expect: choice, choices: { ${many((n) => `c${n}: v${n}`)} }, next: end }`,
        ),
        ...template('many', `text: Which?\nchoices: { ${many((n) => `c${n}: C${n}`)} }\n`),
      },
      says: /14 choices, Messenger shows 13/,
    },
    {
      what: 'a missing template',
      files: withSteps('  first: { say: nothing, next: end }'),
      says: /there is no template nothing/,
    },
    {
      what: 'a missing language',
      files: { ...sound, 'templates/bye/en.yaml': 'text: Bye\n' },
      says: 'templates/bye: has no fil.yaml',
    },
    {
      what: 'a missing label',
      files: withHello(hello('Hi'), 'text: Hi\nchoices:\n  buy: Bili\n'),
      says: 'templates/hello/fil.yaml:2 there is no label for the choice shop, which flows/shop.yaml:5 offers',
    },
    {
      what: 'a text that an SMS cannot hold',
      files: withHello(hello('a'.repeat(1600))),
      says: 'templates/hello/en.yaml:1 the text has 1600 characters, sms takes 1530',
    },
    {
      what: 'a text that Messenger cannot hold',
      files: withHello(hello('a'.repeat(2000))),
      says: /the text has 2000 characters, messenger takes 1999/,
    },
    {
      what: 'a label that is cut off',
      files: withHello('text: Hi\nchoices:\n  shop: Have a look at our shop\n'),
      says: 'templates/hello/en.yaml:3 the label of shop has 23 characters, a quick reply takes 20',
    },
    {
      what: 'a letter that makes an SMS expensive',
      files: withHello(hello('Hi Ж')),
      says: /the text has Ж, with which an SMS costs more/,
    },
    {
      what: 'such a letter in one branch of a select',
      files: withHello(hello('Hi {n, select, a{Ж} other{you}}')),
      says: /the text has Ж/,
    },
    {
      what: 'a text that is not ICU',
      files: withHello(hello('Hi {name')),
      says: /^templates\/hello\/en.yaml: /,
    },
    {
      what: 'a template that nothing uses, as a warning',
      files: { ...sound, ...template('bye', 'text: Bye\n') },
      says: 'warning: templates/bye: no flow and no code uses it',
    },
  ];

  test.each(broken)('finds $what', ({ files, says }) => {
    const problems = problemsOf(files);
    const isSaid = (problem: string) =>
      typeof says === 'string' ? problem === says : says.test(problem);
    if (!problems.some(isSaid)) expect(problems).toContain(says);
  });

  it('lets signs pass that are written in letters for SMS', () => {
    expect(problemsOf(withHello(hello('Only ₱100 – “today” 🎉')))).toEqual([]);
  });

  it('takes words of their own for SMS instead of the general ones', () => {
    const files = {
      'templates/hello/en.sms.yaml': 'text: Hi\n',
      'templates/hello/fil.sms.yaml': 'text: Uy\n',
    };
    expect(problemsOf({ ...withHello(hello('Ж'.repeat(1600))), ...files })).toEqual([]);
  });

  it('measures labels of code as buttons, unless they are words or sentences', () => {
    const long = 'Have a look at our shop';
    const files = {
      ...template('order_paid', `text: Hi\nchoices: { shop: ${long}, told: ${long}. }\n`),
      ...template('stock_words', `text: Hi\nchoices: { low: ${long} }\n`),
      'src/some.ts': "['order_paid', 'stock_words']",
    };
    const button = /^templates.order_paid.(en|fil).yaml:2 the label of shop has 23 characters/;
    const problems = problemsOf({ ...sound, ...files });
    expect(problems).toHaveLength(2);
    for (const problem of problems) expect(problem).toMatch(button);
  });

  it('counts templates as used whose names stand in code', () => {
    const files = {
      ...sound,
      ...template('bye', 'text: Bye\n'),
      ...template('order_paid', 'text: Paid\n'),
    };
    expect(
      problemsOf({ ...files, 'src/some.ts': "say(turn, 'bye'); say(turn, `order_${state}`);" }),
    ).toEqual([]);
  });

  it('reports every problem at once', () => {
    const files = withSteps('  first: { say: nothing, next: nowhere }\n  island: { go: nowhere }');
    expect(problemsOf(files).length).toBeGreaterThanOrEqual(4);
  });
});

describe('drawing flows', () => {
  it('draws each flow with its steps, outcomes and buttons', () => {
    const steps = [
      '  first: { do: check_test.act, on: { ok: asked, gone: end } }',
      '  asked: { ask: hello, expect: command, choices: { shop: SHOP } }',
    ];
    const { book, templates } = checkFiles(
      write({ ...withSteps(steps.join('\n')), ...template('hello', 'text: \'Say "hi"\'\n') }),
    );
    const page = drawFlows(book, templates);
    expect(page).toContain(
      '## shop\n\nFor the test.\nOpened by `SHOP`.\n\n```mermaid\nflowchart TD\n',
    );
    expect(page).toContain('s_first{{"check_test.act"}}');
    expect(page).toContain('s_asked[/"hello<br/>Say #quot;hi#quot;"/]');
    expect(page).toContain('s_first -->|"ok"| s_asked');
    expect(page).toContain('s_first -->|"gone"| finish');
    expect(page).toContain('s_asked -.->|"shop"| f_shop');
  });
});

function many(entry: (n: number) => string): string {
  return Array.from({ length: 14 }, (_, n) => entry(n)).join(', ');
}
