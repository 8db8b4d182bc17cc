import { useSignal } from '@preact/signals';
import type { AddressSpace } from '../../engine/ui/debugger.js';
import { hex } from '../../inspect/field.js';
import { MEMORY_BYTES, parseAddress, type RegistersModel, type ShownMemory } from './model.js';

const ROW_BYTES = 16;

/** Memory of the paused machine, in hex. */
export function MemoryView({ model }: { model: RegistersModel }) {
  const text = useSignal('');
  const space = useSignal<AddressSpace>('virtual');
  const address = parseAddress(text.value);
  const memory = model.memory.value;
  const go = (to: bigint | undefined): void => {
    if (to === undefined) return;
    text.value = hex(to);
    void model.showMemory(to, space.value);
  };
  const move = (by: number): void => {
    if (memory !== undefined) go((memory.address + BigInt(by)) & 0xffff_ffff_ffff_ffffn);
  };
  return (
    <section class="memory-view" aria-label="Memory">
      <h3>Memory</h3>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          go(address);
        }}
      >
        <label>
          Address{' '}
          <input
            type="search"
            value={text.value}
            placeholder="0x40000000"
            spellcheck={false}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        <label>
          Space{' '}
          <select
            value={space.value}
            onChange={(event) => (space.value = event.currentTarget.value as AddressSpace)}
          >
            <option value="virtual">virtual, as the vCPU sees it</option>
            <option value="physical">physical (Non-secure)</option>
          </select>
        </label>
        <button type="submit" disabled={address === undefined || !model.isPaused}>
          Show
        </button>
        <button type="button" disabled={memory === undefined} onClick={() => move(-MEMORY_BYTES)}>
          Before
        </button>
        <button type="button" disabled={memory === undefined} onClick={() => move(MEMORY_BYTES)}>
          After
        </button>
        {(['pc', 'sp'] as const).map((name) => (
          <button
            key={name}
            type="button"
            disabled={!model.isPaused}
            onClick={() => {
              space.value = 'virtual';
              go(model.read(name));
            }}
          >
            At {name}
          </button>
        ))}
      </form>
      {memory !== undefined && <Dump memory={memory} />}
    </section>
  );
}

function Dump({ memory }: { memory: ShownMemory }) {
  const rows = [];
  for (let at = 0; at < memory.bytes.length; at += ROW_BYTES) {
    const bytes = [...memory.bytes.subarray(at, at + ROW_BYTES)];
    const pairs = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
    const text = bytes.map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    );
    rows.push(
      `${hex(memory.address + BigInt(at), 16)}  ${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}  ${text.join('')}`,
    );
  }
  return (
    <pre class="memory-dump" tabIndex={0} aria-label={`Memory at ${hex(memory.address)}`}>
      {rows.join('\n')}
    </pre>
  );
}
