import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { hex } from '../../inspect/field.js';
import { placeText } from '../../inspect/symbols/table.js';
import { runVersion } from '../session.js';
import { loadDisassembler, type Instruction } from './disassembler.js';
import type { RegistersModel } from './model.js';

/** Bytes of code before and behind the program counter. */
const BEFORE = 32;
const BEHIND = 64;

interface Shown {
  readonly lines: readonly Instruction[];
  readonly trouble?: string;
}

async function readCode(model: RegistersModel, pc: bigint): Promise<Shown> {
  const disassemble = await loadDisassembler();
  const { debugger: gdb } = model.run;
  const read = (from: bigint, length: number) => gdb.readMemory(from, length, model.thread.value);
  // What is before may lie on a page that is not mapped.
  const from = pc >= BigInt(BEFORE) ? pc - BigInt(BEFORE) : 0n;
  const around = await read(from, Number(pc - from) + BEHIND);
  if (around.ok) return { lines: disassemble(around.value, from) };
  const behind = await read(pc, 4);
  if (behind.ok) return { lines: disassemble(behind.value, pc) };
  return { lines: [], trouble: behind.failure.what };
}

/** The code around the program counter; a click on an address sets a breakpoint. */
export function CodeView({ model }: { model: RegistersModel }) {
  void runVersion.value;
  const shown = useSignal<Shown | undefined>(undefined);
  const version = model.version.value;
  const pc = model.read('pc') ?? 0n;
  useEffect(() => {
    if (!model.isPaused || version === 0) return;
    let isStale = false;
    readCode(model, pc).then(
      (code) => {
        if (!isStale) shown.value = code;
      },
      (error: unknown) => {
        if (isStale) return;
        const trouble = `The disassembler could not be loaded (${String(error)}). Step once more to try again.`;
        shown.value = { lines: [], trouble };
      },
    );
    return () => (isStale = true);
  }, [model, version, pc]);
  const stops = new Set(model.stops.value);
  const symbols = model.symbols.value?.table;
  const here = symbols?.at(pc);
  const ready = model.isPaused && model.busy.value === undefined;
  const lines = shown.value?.lines ?? [];
  return (
    <section class="code-view" aria-label="Code">
      <h3>
        Code
        {here !== undefined && (
          <>
            {' '}
            in <code>{placeText(here)}</code>
          </>
        )}
      </h3>
      {shown.value?.trouble !== undefined && <p class="quiet">{shown.value.trouble}</p>}
      {lines.length > 0 && (
        <table class="code-lines">
          <tbody>
            {lines.map(({ address, word, text }) => {
              const place = symbols?.at(address);
              const stop = stops.has(address);
              return (
                <tr
                  key={address}
                  class={address === pc ? 'at-pc' : undefined}
                  aria-current={address === pc ? 'step' : undefined}
                >
                  <td>
                    <button
                      type="button"
                      class="code-address"
                      disabled={!ready}
                      aria-pressed={stop}
                      aria-label={`Breakpoint at ${hex(address)}`}
                      title={stop ? 'Remove the breakpoint' : 'Break here'}
                      onClick={() => void model.setStop(address, !stop)}
                    >
                      {stop ? '●' : address === pc ? '▶' : ' '} {hex(address, 8)}
                    </button>
                  </td>
                  <td class="quiet">{word.toString(16).padStart(8, '0')}</td>
                  <td>
                    {place?.offset === 0n && <span class="code-label">{place.symbol.name}: </span>}
                    {text}
                    <Target text={text} model={model} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Branches and ADR name an address; ADRP only the page of one. */
const NAMES_ADDRESS = /^(?:b|bl|b\.\w\w|bc\.\w\w|cbn?z|tbn?z|adr|ldr)\b(?!p)/;

/** The name of where a branch goes, or of an address that is made. */
function Target({ text, model }: { text: string; model: RegistersModel }) {
  const symbols = model.symbols.value?.table;
  const target = /#(0x[0-9a-f]{4,16})$/.exec(text)?.[1];
  if (symbols === undefined || target === undefined || !NAMES_ADDRESS.test(text)) return null;
  const place = symbols.at(BigInt(target));
  return place === undefined ? null : <span class="quiet"> {`<${placeText(place)}>`}</span>;
}
