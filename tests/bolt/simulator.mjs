// Starts the Slack simulator as a process of its own and speaks to its /control endpoints.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../artifacts/bin/ChatBot.Sandbox/release_linux-x64/ChatBot.Sandbox', import.meta.url));

export async function startSimulator() {
  const [command, ...args] = existsSync(program) ? [program] : ['dotnet', `${program}.dll`];
  const child = spawn(command, [...args, 'slack-simulator'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const ready = await new Promise((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line)));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The simulator ended with ${code} before it was ready. Build it first: dotnet build -c Release`)));
  });

  const call = async (path, init) => {
    const response = await fetch(new URL(path, ready.controlUrl), init);
    const body = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${body}`);
    if (!body) return null;
    return response.headers.get('content-type')?.includes('json') ? JSON.parse(body) : body;
  };
  const get = (path, query = {}) => call(`${path}?${new URLSearchParams(query)}`);
  const post = (path, wish) =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wish) });

  return {
    ...ready,
    type: (as, channel, line) => post('type', { as, channel, line }),
    press: (as, channel, button, confirm = true) => post('press', { as, channel, button, confirm }),
    submit: (as, values) => post('submit', { as, values }),
    view: (as) => get('view', { as }),
    sees: (as, channel) => get('sees', { as, channel }),
    text: (as, channel) => get('text', { as, channel }),
    wait: (as, channel, says) => get('wait', { as, channel, says }),
    waitForView: (as, title) => get('wait-for-view', { as, title }),
    waitForSockets: (count) => get('wait-for-sockets', { count }),
    fault: (fault, more = {}) => post('faults', { fault, ...more }),
    calls: () => get('calls'),
    deliveries: () => get('deliveries'),
    stop: () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      return ended;
    },
  };
}
