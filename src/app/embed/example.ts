import { BootlinkFrame } from './frame.js';
import './example.css';

/** The example of embed-example.html: a lesson's page with a machine in it. */
function find<Type extends HTMLElement>(id: string): Type {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`There is no #${id}.`);
  return element as Type;
}

const iframe = find<HTMLIFrameElement>('machine');
const guest = new URLSearchParams(location.search).get('guest') ?? 'virt-linux';
const address = new URL('./', location.href);
address.search = new URLSearchParams({ guest, boot: '0', embed: '1' }).toString();
iframe.src = address.href;

const machine = new BootlinkFrame(iframe);
const said = find('said');
const say = (text: string): void => {
  said.textContent = text;
};
/** Runs what a button asks for, and shows what came of it. */
function onClick(id: string, action: () => Promise<string>): void {
  find(id).addEventListener('click', () => {
    action().then(say, (error: unknown) =>
      say(error instanceof Error ? error.message : String(error)),
    );
  });
}

const consoleOf = (): string => find<HTMLSelectElement>('console').value;
onClick('start', () => machine.start());
onClick('stop', () => machine.stop());
onClick('send', () => machine.send(consoleOf(), `${find<HTMLInputElement>('text').value}\n`));
onClick('expect', () => machine.expect(consoleOf(), find<HTMLInputElement>('wanted').value));

const select = find<HTMLSelectElement>('console');
machine.onState = ({ state, consoles }) => {
  find('state').textContent = state;
  const chosen = select.value;
  select.replaceChildren(...consoles.map(({ id, title }) => new Option(title, id)));
  if (consoles.some(({ id }) => id === chosen)) select.value = chosen;
};
void machine.hello().then(machine.onState);
