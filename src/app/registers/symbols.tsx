import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Failure } from '../../engine/common/failure.js';
import { readSymbols } from '../../inspect/symbols/read.js';
import type { GuestImage } from '../../machine/guest.js';
import { FailureView } from '../failure-view.js';
import type { RegistersModel } from './model.js';

/** A built-in program of this size at most is looked through for symbols by itself. */
const MOST_BYTES = 8 << 20;
/** Names in the lists that complete what is typed. */
const MOST_NAMES = 500;

function failureOf(file: string, why: string): Failure {
  return {
    what: why,
    input: file,
    remedy: 'Choose an ELF file that was not stripped, nm’s or System.map’s list, or a map file.',
  };
}

/** Takes the symbols of a file; what is wrong with it otherwise. */
async function take(model: RegistersModel, file: File): Promise<Failure | undefined> {
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch (error) {
    return failureOf(file.name, `The file could not be read (${String(error)}).`);
  }
  const read = readSymbols(new Uint8Array(bytes));
  if (!read.ok) return failureOf(file.name, read.error.message);
  model.symbols.value = { file: file.name, table: read.value };
  return undefined;
}

/** The guest's own program, if it is an ELF file: its bytes as the catalogue serves them. */
async function ownProgram({ run }: RegistersModel): Promise<File | undefined> {
  const isProgram = ({ name, size }: GuestImage): boolean =>
    name.endsWith('.elf') && size <= MOST_BYTES;
  const image = run.guest.images.find(isProgram);
  if (image === undefined) return undefined;
  const brought = run.ownFiles[image.name];
  if (brought !== undefined) return brought;
  const url = new URL(image.url, new URL('guests/index.json', document.baseURI));
  // Another host is asked only by who agreed to it.
  if (url.origin !== location.origin) return undefined;
  const response = await fetch(url);
  if (!response.ok || response.body === null) return undefined;
  const plain =
    image.encoding === 'gzip'
      ? response.body.pipeThrough(new DecompressionStream('gzip'))
      : response.body;
  return new File([await new Response(plain).blob()], image.name);
}

/** Symbols: from the guest's own program, or from a file of the visitor's. */
export function SymbolsView({ model }: { model: RegistersModel }) {
  const failure = useSignal<Failure | undefined>(undefined);
  const over = useSignal(false);
  useEffect(() => {
    if (model.symbols.value !== undefined) return;
    // Without them everything works by address, so a failure here is no news.
    void ownProgram(model)
      .then(async (file) => {
        if (file !== undefined && model.symbols.value === undefined) await take(model, file);
      })
      .catch(() => undefined);
  }, [model]);
  const use = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) failure.value = await take(model, file);
  };
  const loaded = model.symbols.value;
  return (
    <section
      class={`symbols-view${over.value ? ' drop-over' : ''}`}
      aria-label="Symbols"
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        void use(event.dataTransfer?.files[0]);
      }}
    >
      <h3>Symbols</h3>
      <p class="quiet">
        {loaded === undefined
          ? 'None. Choose or drop an ELF file, a list of nm, System.map, or a linker’s map file.'
          : `${loaded.table.count} of ${loaded.file}. “Break at” and “Address” take their names.`}
      </p>
      <label>
        Take symbols of{' '}
        <input
          type="file"
          onChange={(event) => {
            void use(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
      </label>
      {failure.value !== undefined && <FailureView failure={failure.value} />}
      <datalist id="registers-symbols">
        {loaded?.table.complete('', MOST_NAMES).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </section>
  );
}
