const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPINNER_INTERVAL_MS = 120;
/** A step that is over sooner needs only one line, with its time. */
const WORTH_ANNOUNCING_MS = 800;

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs one step and reports it with its duration. On a terminal the seconds tick; in a log the step is
 * announced once it takes long, so that nobody stares at a silent screen.
 */
export async function step(title, hint, work) {
  const startedAt = Date.now();
  const label = hint ? `${title} (${hint})` : title;
  const ticker = process.stdout.isTTY ? tickOnTerminal(label, startedAt) : announceInLog(label);
  try {
    const result = await work();
    ticker.stop();
    say(
      ticker.wasAnnounced()
        ? `  done after ${seconds(startedAt)}`
        : `• ${title} … ${seconds(startedAt)}`,
    );
    return result;
  } catch (error) {
    ticker.stop();
    // A stop request throws the name of its signal.
    const outcome = typeof error === 'string' ? 'stopped' : 'failed';
    say(
      ticker.wasAnnounced()
        ? `  ${outcome} after ${seconds(startedAt)}`
        : `• ${title} … ${outcome}`,
    );
    throw error;
  }
}

function tickOnTerminal(label, startedAt) {
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % SPINNER.length;
    process.stdout.write(`\r\x1b[2K${SPINNER[frame]} ${label} … ${seconds(startedAt)}`);
  };
  draw();
  const timer = setInterval(draw, SPINNER_INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      process.stdout.write('\r\x1b[2K');
    },
    wasAnnounced: () => false,
  };
}

function announceInLog(label) {
  let announced = false;
  const timer = setTimeout(() => {
    announced = true;
    say(`• ${label} …`);
  }, WORTH_ANNOUNCING_MS);
  return { stop: () => clearTimeout(timer), wasAnnounced: () => announced };
}

function seconds(startedAt) {
  const elapsed = (Date.now() - startedAt) / 1000;
  return `${elapsed < 10 ? elapsed.toFixed(1) : Math.round(elapsed)} s`;
}
